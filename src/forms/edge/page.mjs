// Pages: the cut page with what was sent and what is wrong with it, and small pages of our own.

/** Escapes text. */
export const text = (text) => text.replace(/[&<>]/g, (it) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[it]);

/** Writes an attribute with a space before it, without quotes where HTML allows. */
export function attribute(name, value) {
  const escaped = value.replace(/[&"<>]/g, (it) => ({ "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;" })[it]);
  const bare = value !== "" && !/[ \t\n\f\r"'=<>`]/.test(value);
  return bare ? ` ${name}=${escaped}` : ` ${name}="${escaped}"`;
}

/** Fills a cut page. `sent` and `errors` are pairs. */
export function fill(page, contract, sent, errors) {
  const slot = (it) => (typeof it === "string" ? it : filled(it, page, contract, sent, errors));
  return page.parts.map(slot).join("");
}

function filled(slot, page, contract, sent, errors) {
  const error = errors.find(([name]) => name === slot.name);
  const first = sent.find(([name]) => name === slot.name);
  switch (slot.slot) {
    case "title":
      return errors.length > 0 ? `${text(contract.words.error)} ` : "";
    case "summary":
      return errors.length > 0 ? summary(page, contract, errors) : "";
    case "error":
      if (!error) return "";
      return `<span class="error-message"${attribute("id", slot.id)}><b>${text(contract.words.error)}</b> ${text(error[1])}</span>`;
    case "described": {
      const ids = [error ? slot.id : "", slot.had].filter((it) => it !== "").join(" ");
      return (error && slot.control ? ' aria-invalid="true"' : "") + (ids === "" ? "" : attribute("aria-describedby", ids));
    }
    case "value":
      return first && first[1] !== "" ? attribute("value", first[1]) : "";
    case "lines":
      // The first new line in a text area is not of its text.
      return first ? `\n${text(first[1])}` : "";
    case "chosen":
      return sent.some(([name, value]) => name === slot.name && value === slot.value) ? ` ${slot.word}` : "";
    default:
      return "";
  }
}

function summary(page, contract, errors) {
  const item = ([name, message]) => {
    const target = Object.hasOwn(page.targets, name) ? page.targets[name] : null;
    return `<li>${target === null ? text(message) : `<a${attribute("href", `#${target}`)}>${text(message)}</a>`}</li>`;
  };
  return (
    '<div class="error-summary" tabindex="-1" autofocus><div role="alert">' +
    `<h2>${text(contract.words.problem)}</h2><ul>${errors.map(item).join("")}</ul></div></div>`
  );
}

/** A page of our own: a heading, paragraphs, a link back. It is in English. */
export const small = (title, paragraphs, back) =>
  `<!doctype html><html lang=en><head><meta charset=utf-8><meta name=viewport content="width=device-width">` +
  `<meta name=robots content=noindex><title>${text(title)}</title></head><body><main><h1>${text(title)}</h1>` +
  `${paragraphs.map((it) => `<p>${text(it)}</p>`).join("")}<p><a${attribute("href", back)}>Back to the form</a></p></main></body></html>`;
