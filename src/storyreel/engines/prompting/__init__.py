"""How models are asked: language models for storyboards, whose answers are read and checked here, and image models."""
