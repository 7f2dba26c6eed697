// Eases sending an enquiry; without this script everything works. It keeps nothing and sets no cookie.
//
// A press on the button that comes twice sends once, and what is sent again unchanged has the same name
// (`_id`), so that the clinic gets it once. `_token` says when the form came into view.

for (const form of document.querySelectorAll(".enquiry form[method=post]")) ease(form);
// Not every browser gives focus to a box of its own accord.
document.querySelector(".error-summary")?.focus();

function ease(form) {
  let last = "";
  let sending = 0;

  form.addEventListener("submit", (event) => {
    if (sending && event.timeStamp - sending < 10_000) return event.preventDefault();
    sending = event.timeStamp;
    const now = answers(form);
    // Other answers are another enquiry: under the old name they would be lost.
    if (now !== last) put(form, "_id", name());
    last = now;
  });

  // What is too large is told before it is sent, which may take minutes.
  form.addEventListener("change", ({ target }) => {
    const most = Number(target.dataset.megabytes);
    if (!most) return;
    const large = [...target.files].find((it) => it.size > most << 20);
    target.setCustomValidity(large ? `${large.name} is larger than ${most} MB. Choose a smaller picture.` : "");
    target.reportValidity();
  });

  // Who comes back to the page may send at once.
  addEventListener("pageshow", () => (sending = 0));

  // Who mends mistakes may be quick, so that page goes without a token.
  if (!document.querySelector(".error-summary")) {
    const seen = new IntersectionObserver((entries) => {
      if (!entries.some((it) => it.isIntersecting)) return;
      seen.disconnect();
      token(form).catch(() => {});
    });
    seen.observe(form);
  }
}

/** Fields that are no answers, and may differ when the same is sent again. */
const NO_ANSWERS = ["_id", "_token", "cf-turnstile-response"];

/** What was answered, as one text; a file by its name, size and moment. */
function answers(form) {
  const pairs = [...new FormData(form)].filter(([name]) => !NO_ANSWERS.includes(name));
  return JSON.stringify(pairs, (_, it) => (it instanceof File ? [it.name, it.size, it.lastModified] : it));
}

/** A random name of 32 letters and digits; `crypto.randomUUID` is for HTTPS alone. */
function name() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (it) => it.toString(16).padStart(2, "0")).join("");
}

async function token(form) {
  const address = new URL(`${form.getAttribute("action")}/token`, location);
  if (address.origin !== location.origin) return;
  const answer = await fetch(address, { credentials: "omit", headers: { Accept: "application/json" } });
  if (answer.ok) put(form, "_token", (await answer.json()).token);
}

function put(form, name, value) {
  const field = form.querySelector(`input[name="${name}"]`) ?? form.appendChild(document.createElement("input"));
  Object.assign(field, { type: "hidden", name, value });
}
