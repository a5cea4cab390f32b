"""Pictures of users: where they are to be had, and what they look like.

The product's addresses begin with `~/` (seen). Ours are drawn from a digest alone, so that whoever guesses an address
learns nothing of a user; nothing is fetched from elsewhere.
"""

from __future__ import annotations

from hashlib import sha256

from smartertrack_emu.domain.text import key

from .models import AvatarSource

DEFAULT = "default"
"""The picture of those who have none."""

_SIDE = 5


def avatar_url(user_id: int, email: str, source: AvatarSource) -> str:
    """Return the address of a user's picture, under the server's root `~`."""
    name = DEFAULT
    if source is not AvatarSource.NONE:
        name = sha256(f"{int(source)}:{key(email) if email else user_id}".encode()).hexdigest()[:32]
    return f"~/Avatars/{name}.svg"


def draw(name: str) -> str:
    """Return the picture of an address as SVG: a head for the default one, else a symmetric pattern of its own."""
    if name == DEFAULT:
        return _svg('<circle cx="2.5" cy="1.9" r="1" fill="#8a94a6"/><path d="M.5 5a2 2 0 0 1 4 0z" fill="#8a94a6"/>')
    digest = sha256(name.encode()).digest()
    colour = f"hsl({int.from_bytes(digest[:2], 'big') % 360} 55% 45%)"
    cells = [
        f'<rect x="{x}" y="{y}" width="1" height="1"/>'
        for y in range(_SIDE)
        for x in range(_SIDE)
        if digest[2 + y * 3 + min(x, _SIDE - 1 - x)] % 2
    ]
    return _svg(f'<g fill="{colour}">{"".join(cells)}</g>')


def _svg(content: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 5 5" width="100" height="100">'
        f'<rect width="5" height="5" fill="#eef1f5"/>{content}</svg>\n'
    )
