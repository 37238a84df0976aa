"""Long sentences: split at clause borders, translated in parts, joined again.

Example:
    >>> from translate.splitting import join_translations, split_long
    >>> split_long("It rained all day, but nobody went home.", "en", fits=lambda piece: len(piece) < 30)
    ['It rained all day, ', 'but nobody went home.']
    >>> join_translations(["Весь день шёл дождь.", "Но никто не ушёл домой."], "ru")
    'Весь день шёл дождь но никто не ушёл домой.'
"""

from translate.splitting.splitting import join_translations, split_long

__all__ = ["join_translations", "split_long"]
