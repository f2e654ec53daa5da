// The check of a receipt without sending it: the file is read here, nothing leaves the browser.
import { checkReceipt } from "./sealing/receipt.js";

const box = document.querySelector("[data-receipt-check]");
const files = ["receipt", "proof"].map((name) => box?.querySelector(`[data-file=${name}]`));

for (const input of files) input?.addEventListener("change", check);
if (box) box.hidden = false;

async function check() {
  const [receipt, proof] = await Promise.all(files.map((input) => input.files[0]?.text()));
  if (!receipt) return;
  const { receiptKey, logKey } = box.dataset;
  const told = await checkReceipt(receipt, proof, { receipt: receiptKey, log: logKey }).catch(() => null);
  box.querySelector("[data-unread]").hidden = told !== null;
  box.querySelector("ol").hidden = told === null;
  for (const { step, ok, detail } of told ?? []) {
    const line = box.querySelector(`[data-step=${step}]`);
    line.className = ok === null ? "is-open" : ok ? "is-done" : "is-broken";
    line.querySelector("[data-detail]").textContent = detail;
  }
}
