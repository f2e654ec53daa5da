"""The opening record (开标记录表) as a PDF, and what other records print alike: the same record, the same bytes.

A landscape A4 table over pages with its header on each, page numbers, the record's hash, the ledger's head and a QR
code of the page where it is verified. Lengths are millimetres, type sizes points.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import segno
from fpdf import FPDF

from bids import record_font, record_words
from bids.record_font import MAIN

WIDTH, HEIGHT, MARGIN = 297.0, 210.0, 9.0
TOP, BOTTOM = 20.0, HEIGHT - 15.0
SMALL, NORMAL, LARGE, HUGE = 6.5, 8.0, 15.0, 90.0
LINE, PADDING = 2.9, 1.1
HEAD_LINES = 2
MOST_LINES = int((BOTTOM - TOP - 4 * PADDING) / LINE) - HEAD_LINES  # of one row on one page, below the head
QR_SIZE = 30.0
MARK = "演练"


class Column(NamedTuple):
    """A column of the table: its heading, its width, and which texts a row puts in it."""

    title: str
    width: float


COLUMNS = (
    Column("序号", 9),
    Column("投标人\n统一社会信用代码", 46),
    Column("递交时间\n密封", 28),
    Column("解密时间\n结果", 28),
    Column("投标报价（元）\n大写", 44),
    Column("工期\n（天）", 12),
    Column("质量", 15),
    Column("项目经理\n证书编号", 25),
    Column("投标保证金\n（元）", 19),
    Column("优惠及\n联合体", 25),
    Column("说明", 26),
)


class Block(NamedTuple):
    """What stands together on a page: its height, how it is drawn from its top, whether it is a row of the table."""

    height: float
    draw: Callable[[float], None]
    in_table: bool = False


class Sheet(FPDF):
    """The pages of one record: its title, the columns of its table, the moment that dates it."""

    named: str = "开标记录表"
    columns: Sequence[Column] = COLUMNS
    dated: str = "closed_at"

    def __init__(self, facts: Mapping[str, Any], digest: str) -> None:
        super().__init__("L", "mm", "A4")
        self.facts, self.digest, self.pages_in_all = facts, digest, 0
        self.widths: dict[str, float] = {}
        self.used = ("", 0.0)
        self.set_auto_page_break(auto=False)
        self.set_creation_date(datetime.fromisoformat(facts[self.dated]))
        self.set_title(f"{self.named} {facts['lot']}")
        self.set_lang("zh-CN")
        self.set_creator("阳光交易")
        self.set_producer("阳光交易")
        self.use(MAIN, NORMAL)

    def use(self, font: str, size: float) -> None:
        """Write in a font from now on; it is embedded when first used."""
        if (font, size) == self.used:
            return
        if font.lower() not in self.fonts:
            self.add_font(font, fname=record_font.file_of(font))
        self.set_font(font, size=size)
        self.used = (font, size)

    def say(self, x: float, y: float, text: str, size: float = NORMAL) -> None:
        """Print a line with its baseline at `y`; every character is seen, if need be as its number."""
        for run in record_font.runs(text):
            self.use(run.font, size)
            self.text(x, y, run.text)
            x += sum(map(self.width_of, run.text)) * size / SMALL

    def width_of(self, letter: str) -> float:
        """Return a character's width in small type."""
        if letter not in self.widths:
            self.widths[letter] = 0.0
            before = self.used
            for run in record_font.runs(letter):
                self.use(run.font, SMALL)
                self.widths[letter] += self.get_string_width(run.text)
            self.use(*before)
        return self.widths[letter]

    def wrapped(self, text: str, width: float) -> list[str]:
        """Return a text as lines of small type that fit a width."""
        lines = []
        for given in text.split("\n"):
            line, used = "", 0.0
            for letter in given:
                needed = self.width_of(letter)
                if line and used + needed > width:
                    lines.append(line)
                    line, used = "", 0.0
                line, used = line + letter, used + needed
            lines.append(line)
        return lines

    def head(self) -> Block:
        """Return the row that stands above the others on each page."""
        return self._part([self.wrapped(column.title, column.width - 1.6) for column in self.columns], head=True)

    def row(self, texts: Sequence[str]) -> list[Block]:
        """Return a row of the table, its texts broken to the columns' widths; one taller than a page goes on."""
        cells = [self.wrapped(text, column.width - 1.6) for text, column in zip(texts, self.columns, strict=True)]
        starts = range(0, max(map(len, cells)), MOST_LINES)
        return [self._part([lines[start : start + MOST_LINES] for lines in cells]) for start in starts]

    def _part(self, cells: Sequence[Sequence[str]], *, head: bool = False) -> Block:
        height = max(map(len, cells)) * LINE + 2 * PADDING

        def draw(top: float) -> None:
            x = MARGIN
            if head:
                self.set_fill_color(226, 236, 242)
            for column, lines in zip(self.columns, cells, strict=True):
                self.rect(x, top, column.width, height, style="DF" if head else "D")
                for number, line in enumerate(lines, 1):
                    self.say(x + 0.8, top + PADDING + number * LINE - 0.6, line, SMALL)
                x += column.width

        return Block(height, draw, in_table=not head)

    def lines(self, text: str, width: float) -> list[Block]:
        """Return a text as lines across a width."""
        return [
            Block(LINE + 0.7, lambda top, line=line: self.say(MARGIN, top + LINE, line, SMALL))  # type: ignore[misc]
            for line in self.wrapped(text, width)
        ]

    def begin(self) -> float:
        """Begin a page with what every page carries; return where its content begins."""
        self.add_page()
        self.set_line_width(0.15)
        if self.facts["rehearsal"]:
            self.set_text_color(235, 220, 200)
            self.say(WIDTH / 2 - 32, HEIGHT / 2 + 15, MARK, HUGE)
        self.set_text_color(20, 30, 40)
        title = f"{self.named}（{MARK}）" if self.facts["rehearsal"] else self.named
        self.say(MARGIN, 13, title, LARGE)
        self.say(MARGIN + 75, 13, f"{self.facts['lot']}  {self.facts['name']}")
        self.line(MARGIN, 15.5, WIDTH - MARGIN, 15.5)
        self._foot()
        return TOP

    def _foot(self) -> None:
        head = self.facts["head"]
        self.line(MARGIN, BOTTOM + 2, WIDTH - MARGIN, BOTTOM + 2)
        self.say(MARGIN, BOTTOM + 5.5, f"本记录数据 SHA-256：{self.digest}", SMALL)
        root = f"公开账本：{head['size']} 条，根哈希 {head['root']}" if head else "公开账本：尚无签名的树头"
        self.say(MARGIN, BOTTOM + 9, root, SMALL)
        self.say(MARGIN + 150, BOTTOM + 5.5, f"核验：{self.facts['address']}", SMALL)
        self.say(WIDTH - MARGIN - 26, BOTTOM + 9, f"第 {self.page_no()} 页 共 {self.pages_in_all} 页", NORMAL)

    def code(self, x: float, y: float) -> None:
        """Draw the QR code of the page where the record is verified."""
        matrix = segno.make_qr(self.facts["address"], error="m").matrix
        step = QR_SIZE / len(matrix)
        self.set_fill_color(0, 0, 0)
        for down, line in enumerate(matrix):
            for start, length in _dark(line):
                self.rect(x + start * step, y + down * step, length * step, step, style="F")


def _dark(line: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield where dark modules begin and how many follow each other."""
    start = None
    for place, dark in enumerate([*line, 0]):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            yield start, place - start
            start = None


def write(facts: Mapping[str, Any], digest: str) -> bytes:
    """Return the PDF of a record, whose facts hash to `digest`."""
    given = [f"{name}：{text}" for name, text in record_words.particulars(facts)]
    rows = [record_words.texts_of(bid) for bid in facts["bids"]]
    return printed(Sheet(facts, digest), given, rows, record_words.closing(facts))


def printed(sheet: Sheet, given: Sequence[str], rows: Iterable[Sequence[str]], closing: Iterable[str]) -> bytes:
    """Return the PDF of a sheet: the particulars beside the QR code, the table, and the lines below it."""
    blocks = [_opening(sheet, given)]
    blocks += [part for row in rows for part in sheet.row(row)]
    blocks += [line for text in closing for line in sheet.lines(text, WIDTH - 2 * MARGIN)]
    pages = list(paged(blocks, sheet.head()))
    sheet.pages_in_all = len(pages)
    for page in pages:
        y = sheet.begin()
        for block in page:
            block.draw(y)
            y += block.height
    return bytes(sheet.output())


def _opening(sheet: Sheet, given: Sequence[str]) -> Block:
    """Return the particulars beside the QR code."""
    lines = [line for text in given for line in sheet.lines(text, WIDTH - 2 * MARGIN - QR_SIZE - 8)]

    def draw(top: float) -> None:
        for number, line in enumerate(lines):
            line.draw(top + number * line.height)
        sheet.code(WIDTH - MARGIN - QR_SIZE, top)

    return Block(max(QR_SIZE, sum(line.height for line in lines)) + 3, draw)


def paged(blocks: Iterable[Block], head: Block) -> Iterator[list[Block]]:
    """Yield the blocks page by page; where rows of the table stand, its head stands above them."""
    page: list[Block] = []
    left = BOTTOM - TOP
    for block in blocks:
        begins = block.in_table and not any(there.in_table for there in page)
        needed = block.height + (head.height if begins else 0)
        if page and needed > left:
            yield page
            page, left, begins = [], BOTTOM - TOP, block.in_table
            needed = block.height + (head.height if begins else 0)
        page += [head, block] if begins else [block]
        left -= needed
    yield page
