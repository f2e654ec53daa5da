"""The pictures of the pages: line drawings on a 24-point grid, drawn in the colour of the text."""

LINES: dict[str, str] = {
    "arrow": '<path d="M5 12h14M13 6l6 6-6 6"/>',
    "back": '<path d="M19 12H5M11 6l-6 6 6 6"/>',
    "bell": '<path d="M6 17V11a6 6 0 0112 0v6l2 2H4zM10 21h4"/>',
    "book": '<path d="M5 4h11a3 3 0 013 3v13H8a3 3 0 01-3-3zM5 17a3 3 0 013-3h11M9 8h6"/>',
    "building": '<path d="M4 21V5l8-3v19M12 8l8 3v10M2 21h20M7 8h2M7 12h2M7 16h2M15 14h2M15 18h2"/>',
    "calendar": '<path d="M4 6h16v15H4zM4 11h16M8 3v5M16 3v5M8 15h3M8 18h6"/>',
    "chart": '<path d="M4 4v16h17M8 16v-4M12 16V8M16 16v-6M20 16V5"/>',
    "check": '<path d="M4 12.5l5.5 5.5L20 6.5"/>',
    "chevron": '<path d="M9 5l7 7-7 7"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 6.5V12l4 2.5"/>',
    "contrast": '<circle cx="12" cy="12" r="9"/><path d="M12 3v18a9 9 0 000-18z" fill="currentColor"/>',
    "copy": '<path d="M9 9h11v12H9zM15 9V4H4v12h5"/>',
    "cross": '<path d="M6 6l12 12M18 6L6 18"/>',
    "dice": '<path d="M4 4h16v16H4z"/><path d="M8.5 8.5v0M15.5 8.5v0M12 12v0M8.5 15.5v0M15.5 15.5v0" '
    'stroke-width="3"/>',
    "document": '<path d="M6 2.5h8l5 5v14H6zM14 2.5v5h5M9 13h7M9 17h7"/>',
    "download": '<path d="M12 3v12M7 10.5l5 5 5-5M4 20.5h16"/>',
    "gavel": '<path d="M13 4l7 7M10 7l7 7M12 5.5l-4 4M18.5 12l-4 4M11 11l-8 8 2 2 8-8M13 21h8"/>',
    "globe": '<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c3 3 3.5 6 3.5 9s-.5 6-3.5 9'
    'c-3-3-3.5-6-3.5-9s.5-6 3.5-9z"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7v.5"/>',
    "key": '<circle cx="8" cy="15" r="4.5"/><path d="M11.5 12L20 3.5M16 7.5l3 3M18.5 5l2 2"/>',
    "live": '<circle cx="12" cy="12" r="2.5" fill="currentColor"/><path d="M7.5 16.5a6 6 0 010-9'
    'M16.5 7.5a6 6 0 010 9M4.5 19.5a10.5 10.5 0 010-15M19.5 4.5a10.5 10.5 0 010 15"/>',
    "lock": '<path d="M5 11h14v10H5zM8 11V7.5a4 4 0 018 0V11M12 15v2"/>',
    "menu": '<path d="M4 6h16M4 12h16M4 18h16"/>',
    "money": '<path d="M6 3l6 8 6-8M12 11v10M7 12.5h10M7 16.5h10"/>',
    "person": '<circle cx="12" cy="8" r="4.5"/><path d="M4 21c.5-4.5 4-6.5 8-6.5s7.5 2 8 6.5"/>',
    "print": '<path d="M7 8V3h10v5M7 17H4V8h16v9h-3M7 14h10v7H7z"/>',
    "scales": '<path d="M12 3v18M7 21h10M4 7h16M4 7l-2.5 7h6L5 7M19 7l-2.5 7h6L20 7"/>',
    "search": '<circle cx="11" cy="11" r="7"/><path d="M16.5 16.5L21 21"/>',
    "shield": '<path d="M12 2.5l8 3v6c0 5-3.5 8.5-8 10-4.5-1.5-8-5-8-10v-6zM8.5 12l2.5 2.5 5-5"/>',
    "sun": '<circle cx="12" cy="12" r="4.5"/><path d="M12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22'
    'M5 5l1.700 1.700M17.300 17.300L19 19M5 19l1.700-1.700M17.300 6.700L19 5"/>',
    "text": '<path d="M3 20l6-16 6 16M5.300 14h7.5M15 20l3.5-9L22 20M16.200 17h4.600"/>',
    "upload": '<path d="M12 16V4M7 8.5l5-5 5 5M4 20.5h16"/>',
    "warning": '<path d="M12 3L1.5 21h21zM12 10v5M12 17.800v.2"/>',
}

# A state is told by colour, by words and by one of these shapes (12 points, filled).
SHAPES: dict[str, str] = {
    "calm": '<path d="M6 1a5 5 0 100 10A5 5 0 006 1zm0 2a3 3 0 110 6 3 3 0 010-6z" fill-rule="evenodd"/>',
    "info": '<path d="M2.5 1l8 5-8 5z"/>',
    "success": '<path d="M1 6.5L2.600 5l2.300 2.300L9.5 2 11 3.5 5 10.5z"/>',
    "warning": '<path d="M6 .5L12 11.5H0zM5.300 4.5v3.5h1.400V4.5zm0 4.300v1.400h1.400V8.800z" fill-rule="evenodd"/>',
    "danger": '<path d="M2.200 1L6 4.800 9.800 1 11 2.200 7.200 6 11 9.800 9.800 11 6 7.200 2.200 11 1 9.800 4.800 6 '
    '1 2.200z"/>',
    "secret": '<path d="M2 5.5h1V4a3 3 0 016 0v1.5h1V12H2zm2.5 0h3V4a1.5 1.5 0 00-3 0z" fill-rule="evenodd"/>',
    "live": '<circle cx="6" cy="6" r="5"/>',
}
