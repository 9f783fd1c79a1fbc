"""Engines that run models on this machine: diffusers for pictures and clips, transformers for stories and voices."""

ID = "diffusers_local"
