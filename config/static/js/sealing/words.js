// Money in figures and in capital numerals (支付结算办法, annex 1), as trading/money.py writes them.
const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const PLAIN = /^(0|[1-9][0-9]{0,15})(\.[0-9]{1,2})?$/;
const GROUPED = /^[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$/;

/** Return the amount that a person typed as "1368000.00" (full-width digits and commas between thousands read too), or null. */
export function amountOf(typed) {
  const given = typed.normalize("NFKC").trim();
  const text = GROUPED.test(given) ? given.replaceAll(",", "") : given;
  if (!PLAIN.test(text)) return null;
  const [yuan, cents = ""] = text.split(".");
  return `${yuan}.${cents.padEnd(2, "0")}`;
}

/** Return the cents of an amount, for comparing. */
export const centsOf = (amount) => BigInt(amount.replace(".", ""));

/** Return an amount of two decimals in capital numerals: 壹佰叁拾陆万捌仟元整. */
export function inWords(amount) {
  const [yuan, [jiao, fen]] = [BigInt(amount.slice(0, -3)), amount.slice(-2)];
  let words = yuan ? `${whole(yuan)}元` : "";
  if (jiao === "0" && fen === "0") return `${words || "零元"}整`;
  if (jiao !== "0") words += `${DIGITS[jiao]}角`;
  else if (words) words += DIGITS[0];
  return words + (fen === "0" ? "" : `${DIGITS[fen]}分`);
}

/** Groups of four digits, 万 between them, 亿 over eight. */
function whole(number) {
  for (const [size, name] of [[100_000_000n, "亿"], [10_000n, "万"]]) {
    if (number >= size) {
      const [high, low] = [number / size, number % size];
      const gap = low > 0n && low < size / 10n ? DIGITS[0] : "";
      return `${whole(high)}${name}${gap}${low ? whole(low) : ""}`;
    }
  }
  return group(Number(number));
}

function group(number) {
  let words = "";
  for (const place of [3, 2, 1, 0]) {
    const digit = Math.floor(number / 10 ** place) % 10;
    if (digit) words += DIGITS[digit] + PLACES[place];
    else if (words && !words.endsWith(DIGITS[0])) words += DIGITS[0];
  }
  return words.replace(/零+$/, "");
}
