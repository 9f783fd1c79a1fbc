"""Engines behind any server that speaks the OpenAI API: hosted, llama.cpp, Ollama, vLLM, LocalAI, Kokoro …"""

ID = "openai_compatible"
