// Talks to the WebAssembly module. Used by the worker of the page and by the tests in Node.

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// An error of the module itself. After it, the module has to be loaded again.
export class Fault extends Error {}

// Loads the module from its bytes, or from a response of `fetch`.
export async function load(source) {
  const module = await (source instanceof Response ? WebAssembly.compileStreaming(source) : WebAssembly.compile(source));
  const { exports } = await WebAssembly.instantiate(module, unused(module));
  return new Module(exports);
}

// A library that reads archives could ask the page for random numbers, to write encrypted ones. Nobody does.
function unused(module) {
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => {
      throw new Fault(`${name} is not there`);
    };
  }
  return imports;
}

class Module {
  constructor(exports) {
    this.exports = exports;
  }

  // Sends a request with the bytes of a file; returns what is told, and bytes.
  ask(request, bytes = new Uint8Array()) {
    const json = encoder.encode(JSON.stringify(request));
    try {
      const place = this.exports.nirkit_message(8 + json.length + bytes.length) >>> 0;
      if (place === 0) throw new Fault("there is not enough memory for this file");
      const memory = this.exports.memory.buffer;
      const lengths = new DataView(memory, place, 8);
      lengths.setUint32(0, json.length, true);
      lengths.setUint32(4, bytes.length, true);
      new Uint8Array(memory, place + 8).set(json);
      new Uint8Array(memory, place + 8 + json.length).set(bytes);
      return this.read(this.exports.nirkit_answer() >>> 0);
    } catch (error) {
      throw error instanceof WebAssembly.RuntimeError ? new Fault(this.fault() || error.message) : error;
    }
  }

  // Reads an answer from the memory, which may have grown meanwhile.
  read(place) {
    const memory = this.exports.memory.buffer;
    const lengths = new DataView(memory, place, 8);
    const [json, bytes] = [lengths.getUint32(0, true), lengths.getUint32(4, true)];
    const told = JSON.parse(decoder.decode(new Uint8Array(memory, place + 8, json)));
    return { told, bytes: new Uint8Array(memory, place + 8 + json, bytes).slice() };
  }

  // The reason of a trap.
  fault() {
    const place = this.exports.nirkit_fault() >>> 0;
    const memory = this.exports.memory.buffer;
    const length = new DataView(memory, place, 4).getUint32(0, true);
    return decoder.decode(new Uint8Array(memory, place + 4, length));
  }
}
