// The two small requests that bind: submitting the sealed bid, and withdrawing the one that stands.
import { serverNow } from "./clock.js";
import { hideRefusal, showFailure } from "./refusal.js";
import { call, patiently, send } from "./sealing/api.js";
import { moment, signed, withdrawalOf } from "./sealing/envelope.js";
import { keyOf } from "./sealing/keys.js";
import { forgetSeal, read } from "./sealing/store.js";

const NOBODY = "00000000-0000-4000-8000-000000000000"; // stands in the receipt's address for the bid's number

/** Make both buttons work; `state.key` names what is kept, `token()` gives the CSRF token. */
export function startBinding({ page, state, form, token }) {
  /** Send an envelope until it is decided on; the very same envelope twice is one bid. */
  const bind = async (envelope, onAway) => {
    const once = () => send(page.dataset.envelopes, { text: envelope, token: token() });
    const { id } = await patiently(once, { onAway });
    return page.dataset.receipt.replace(NOBODY, id);
  };
  const submit = async (onAway) => {
    const { envelope } = await read("seals", state.key);
    const receipt = await bind(envelope, onAway);
    await forgetSeal(state.key);
    await form.forget();
    return receipt;
  };
  const withdraw = async (onAway) => {
    const lot = await patiently(() => call(page.dataset.api), { onAway });
    const body = withdrawalOf({ lot, bidder: lot.bidder, current: lot.current, created: moment(serverNow()) });
    return bind(await signed(body, await keyOf(lot.bidder)), onAway);
  };
  press(page.querySelector("[data-do=submit]"), submit);
  press(page.querySelector("[data-do=withdraw]"), withdraw);
}

/** A press does its work once and leads to the receipt, or tells why not; while no answer comes, it says so beside it. */
function press(button, work) {
  const silence = button?.closest("section").querySelector("[data-away]");
  const onAway = () => {
    if (!silence.hidden) return;
    silence.hidden = false;
    silence.focus(); // the button is disabled and holds the focus no more
  };
  button?.addEventListener("click", async () => {
    hideRefusal();
    button.disabled = true;
    try {
      location.assign(await work(onAway));
    } catch (error) {
      silence.hidden = true;
      showFailure({ problem: error.problem, detail: error.message });
      button.disabled = false;
    }
  });
}
