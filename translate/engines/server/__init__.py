"""Chat models behind a server with OpenAI's interface: vLLM, llama.cpp, Ollama and others."""
