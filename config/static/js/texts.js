// The sentences that scripts show: the page's template holds them, in the reader's language, as <template id="texts">.
const kept = document.querySelector("#texts");

/** Return the sentence of a code, its {facts} filled in; a code without a sentence shows itself. */
export function text(code, facts = {}) {
  const found = kept?.content.querySelector(`[data-text="${CSS.escape(code)}"]`);
  const filled = (sentence, [name, fact]) => sentence.replaceAll(`{${name}}`, String(fact));
  return Object.entries(facts).reduce(filled, found?.textContent.trim() ?? code);
}

/** Return megabytes as people read them. */
export const megabytes = (bytes) => (bytes / 1_000_000).toFixed(1);
