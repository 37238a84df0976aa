"""Engines that run translation models: CTranslate2 for speed, transformers for everything else and for comparison."""
