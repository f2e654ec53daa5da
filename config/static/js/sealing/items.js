// bid.json: the items that are read out at the opening, made from the form under the same rules by which the opening reads them.
import { amountOf, centsOf, inWords } from "./words.js";

const V = "bid/1";
const LONGEST = 65_536;
const LONGEST_TEXT = 200;
export const DEPOSIT_FORMS = ["transfer", "guarantee", "none"];
const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"; // GB 32100-2015

/** A text as it can be read out: control characters as spaces, no invisible marks. */
const tidy = (text = "") => text.normalize("NFC").replace(/\p{Cc}/gu, " ").replace(/\p{Cf}/gu, "").trim();

/** Return the unified social credit code as the standard writes it, or null if its check character does not fit. */
export function usccOf(typed) {
  const code = typed.normalize("NFKC").trim().toUpperCase();
  if (!new RegExp(`^[${ALPHABET}]{18}$`).test(code)) return null;
  let [sum, weight] = [0, 1];
  for (const character of code.slice(0, 17)) {
    sum += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET[(31 - (sum % 31)) % 31] === code[17] ? code : null;
}

/** Return {bid, refusals}: the object of bid.json, and what is wrong as [{field, code, ...facts}] (then `bid` is null).
 *
 * `typed` are the form's texts, `files` [{name, size, sha256}], `lot` what the server tells about the lot. */
export function bidOf(typed, files, lot) {
  const refusals = [];
  const refuse = (field, code, facts = {}) => refusals.push({ field, code, ...facts });
  const price = priceOf(typed, lot, refuse);
  const duration = durationOf(typed, refuse);
  const text = (field, needed = true) => textOf(typed, field, needed, refuse);
  const bid = {
    v: V,
    tender: lot.tender,
    lot: lot.lot,
    bidder: lot.bidder,
    price,
    price_words: price && inWords(price),
    duration_days: duration,
    quality: text("quality"),
    manager: { name: text("manager_name"), certificate: text("manager_certificate") },
    deposit: depositOf(typed, refuse),
    discount: text("discount", false),
    consortium: consortiumOf(typed.consortium ?? [], refuse),
    files,
  };
  checkFiles(files, refuse);
  if (new TextEncoder().encode(JSON.stringify(bid)).length > LONGEST) refuse("files", "bid_too_long");
  return { bid: refusals.length ? null : bid, refusals };
}

function priceOf(typed, { price_ceiling: ceiling }, refuse) {
  const price = amountOf(typed.price ?? "");
  if (!price) return refuse("price", "price_wrong") && null;
  if (centsOf(price) <= 0n) refuse("price", "price_zero");
  if (ceiling && centsOf(price) > centsOf(ceiling)) refuse("price", "price_above_ceiling", { ceiling });
  const words = tidy(typed.price_words);
  if (words && words !== inWords(price)) refuse("price_words", "price_words_differ", { words: inWords(price) });
  return price;
}

function durationOf({ duration_days: typed = "" }, refuse) {
  const text = typed.normalize("NFKC").trim();
  if (!/^[1-9][0-9]{0,4}$/.test(text)) refuse("duration_days", "duration_wrong");
  return Number(text);
}

function textOf(typed, field, needed, refuse) {
  const text = tidy(typed[field]);
  if (needed && !text) refuse(field, "text_missing");
  if (text.length > LONGEST_TEXT) refuse(field, "text_too_long", { longest: LONGEST_TEXT });
  return text;
}

function depositOf({ deposit_form: form, deposit_amount: typed = "" }, refuse) {
  if (!DEPOSIT_FORMS.includes(form)) refuse("deposit_form", "deposit_form_missing");
  const amount = form === "none" ? "0.00" : amountOf(typed);
  if (!amount || (form !== "none" && centsOf(amount) <= 0n)) refuse("deposit_amount", "deposit_wrong");
  return { form, amount };
}

function consortiumOf(members, refuse) {
  return members
    .filter(({ uscc, name, share }) => [uscc, name, share].some(tidy))
    .map(({ uscc, name, share }) => {
      const code = usccOf(uscc);
      if (!code) refuse("consortium", "uscc_wrong", { uscc });
      if (!tidy(name) || !tidy(share)) refuse("consortium", "member_incomplete");
      return { uscc: code, name: tidy(name), share: tidy(share) };
    });
}

function checkFiles(files, refuse) {
  const names = files.map(({ name }) => name.normalize("NFKC").toLowerCase());
  if (!files.length) refuse("files", "files_missing");
  for (const [i, name] of names.entries()) {
    if (name === "bid.json" || /[/\\\p{Cc}]/u.test(name) || name.startsWith(".")) refuse("files", "file_name_wrong", { name });
    if (names.indexOf(name) < i) refuse("files", "file_twice", { name });
    if (!files[i].size) refuse("files", "file_empty", { name });
  }
}
