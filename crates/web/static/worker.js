// Computes beside the page, so that the page answers meanwhile.

import { Fault, load } from "./module.js";

const module = load(await fetch("nirkit.wasm"));

onmessage = async ({ data: { number, request, bytes } }) => {
  try {
    const answer = (await module).ask(request, bytes);
    postMessage({ number, ...answer }, [answer.bytes.buffer]);
  } catch (error) {
    postMessage({ number, fault: error.message, fatal: error instanceof Fault });
  }
};

postMessage({ ready: true });
