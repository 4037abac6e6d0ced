// The page: opens files, asks the worker, and shows what it answers.

const $ = (id) => document.getElementById(id);
const requests = new Map();
let [worker, number, page] = [null, 0, null];
// Every file that was opened, so that a new worker can open them again.
let files = [];

// Starts a worker; one that was stopped or that failed is replaced.
function start() {
  worker = new Worker("worker.js", { type: "module" });
  const ready = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.ready ? resolve() : settle(data));
    worker.onerror = (event) => reject(new Error(event.message || "nirkit.wasm cannot be loaded"));
  });
  return ready;
}

function settle({ number, fault, fatal, told, bytes }) {
  const { resolve, reject } = requests.get(number);
  requests.delete(number);
  if (fault) reject(Object.assign(new Error(fault), { fatal }));
  else if (told.ok) resolve({ told, bytes });
  else reject(Object.assign(new Error("refused"), { reasons: told.errors }));
}

// Sends a request to the worker, which answers in its turn.
function ask(request, bytes) {
  return new Promise((resolve, reject) => {
    requests.set(++number, { resolve, reject });
    worker.postMessage({ number, request, bytes });
  });
}

// Ends what is computed, and opens the files in a new worker. A graph is then as it was opened.
async function restart(reason) {
  worker.terminate();
  for (const { reject } of requests.values()) reject(new Error(reason));
  requests.clear();
  ready = start();
  await ready;
  for (const { name, bytes } of files) await ask({ do: "open", name }, bytes);
}

function tell(lines, isError = false) {
  $("told").replaceChildren(
    ...lines.map((line) => {
      const paragraph = document.createElement("div");
      paragraph.textContent = line;
      if (isError) paragraph.className = "error";
      return paragraph;
    }),
  );
}

function tellError(error) {
  const lines = (error.reasons ?? [{ message: error.message }]).flatMap(({ message, help }) =>
    help ? [message, `  help: ${help}`] : [message],
  );
  tell(lines, true);
}

const settings = () => ({
  platforms: [...document.querySelectorAll("#platforms input:checked")].map((box) => box.value),
  dt: $("dt").value,
  reset: $("reset").value,
  spike: $("spike").value,
  duration: $("duration").value,
});

// Shows a page in a frame of its own origin, which reaches neither this page nor the network.
function show(bytes) {
  page = new TextDecoder().decode(bytes);
  const frame = document.createElement("iframe");
  frame.title = "The graph";
  frame.setAttribute("sandbox", "allow-scripts");
  frame.srcdoc = page;
  $("stage").replaceChildren(frame);
}

async function draw(run) {
  const { told, bytes } = await ask({ do: "page", ...settings(), run });
  show(bytes);
  return told.notes;
}

// Does something that takes a while. What goes wrong is told.
async function attempt(work) {
  await ready;
  $("stop").hidden = false;
  document.body.setAttribute("aria-busy", "true");
  tell(["Computing …"]);
  try {
    tell((await work()) ?? []);
  } catch (error) {
    tellError(error);
    // What a fault leaves behind is not used any more.
    if (error.fatal) await restart("an error of nirkit");
  }
  $("stop").hidden = requests.size === 0;
  document.body.removeAttribute("aria-busy");
}

async function open(list) {
  let isGraph = false;
  for (const file of list) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { told } = await ask({ do: "open", name: file.name }, bytes);
    if (told.kind === "graph") files = files.filter(({ kind }) => kind !== "graph");
    isGraph ||= told.kind === "graph";
    files.push({ name: file.name, bytes, kind: told.kind });
  }
  tellOpened();
  return isGraph ? draw(false) : ["The stimulus is ready: choose platforms, and run them."];
}

function tellOpened() {
  const of = (wanted) => files.filter(({ kind }) => kind === wanted).map(({ name }) => name);
  const [graph, stimulus] = [of("graph"), of("stimulus")];
  $("opened").textContent =
    [graph.length ? graph.join(", ") : "no graph", stimulus.length ? `stimulus: ${stimulus.join(", ")}` : ""]
      .filter(Boolean)
      .join(" — ");
  $("drop-stimulus").hidden = stimulus.length === 0;
}

function save(name, bytes) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes]));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function saveAs(format) {
  if (format === "html") {
    if (page === null) throw new Error("no graph is open");
    save("graph.html", page);
    return [];
  }
  const { told, bytes } = await ask({ do: "save", format });
  save(told.name, bytes);
  return [`${told.name} is saved.`];
}

async function adapt() {
  const { told } = await ask({ do: "adapt", ...settings(), like: $("like").value });
  const lines = [`${told.platform} like ${told.like}: ${told.verdict}`];
  lines.push(...told.refused.map(({ message }) => `refused: ${message}`));
  lines.push(...told.changes.map(({ node, what }) => (node ? `${node}: ${what}` : what)), ...told.notes);
  for (const { node, reasons = [] } of told.nodes) lines.push(...reasons.map(({ message }) => `${node}: ${message}`));
  await draw(false);
  return lines;
}

async function repair() {
  const { told } = await ask({ do: "repair" });
  await draw(false);
  return told.changes.length ? told.changes : ["There is nothing that a repair changes."];
}

async function undo() {
  await ask({ do: "undo" });
  return draw(false);
}

function choosePlatforms(names) {
  const box = (name) => {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), { type: "checkbox", value: name });
    label.append(input, ` ${name}`);
    return label;
  };
  $("platforms").append(...["ideal", ...names].map(box));
  $("names").append(...["ideal", ...names].map((value) => Object.assign(document.createElement("option"), { value })));
}

let ready = start();
attempt(async () => choosePlatforms((await ask({ do: "platforms" })).told.platforms));

$("settings").onsubmit = (event) => {
  event.preventDefault();
  attempt(() => draw(false));
};
$("files").onchange = ({ target }) => attempt(() => open([...target.files]).finally(() => (target.value = "")));
$("run").onclick = () => attempt(() => draw(true));
$("repair").onclick = () => attempt(repair);
$("adapt").onclick = () => attempt(adapt);
$("undo").onclick = () => attempt(undo);
$("stop").onclick = () => restart("stopped");
$("save").onchange = ({ target }) => attempt(() => saveAs(target.value).finally(() => (target.value = "")));
$("drop-stimulus").onclick = () =>
  attempt(async () => {
    await ask({ do: "drop_stimulus" });
    files = files.filter(({ kind }) => kind !== "stimulus");
    tellOpened();
  });

document.ondragover = (event) => {
  event.preventDefault();
  $("stage").classList.add("target");
};
document.ondragleave = () => $("stage").classList.remove("target");
document.ondrop = (event) => {
  event.preventDefault();
  $("stage").classList.remove("target");
  attempt(() => open([...event.dataTransfer.files]));
};
