//! The memories of buffers: who reads and writes which of them when.

use std::fmt::Write as _;

use nirkit_step::BufferId;

use super::design::Design;
use super::lane::{lanes_of, split};
use super::module::{Net, address_bits, count};
use super::signal::range;

impl Design {
    /// Elements that a word of the memory of a buffer has.
    pub(crate) fn lanes(&self, buffer: BufferId) -> usize {
        let wide = [Net::ReadWordAddress(buffer), Net::WriteWord(buffer)];
        let mut ports = self.all().flat_map(|module| &module.ports);
        let is_wide = ports.any(|port| wide.contains(&port.net));
        if is_wide { lanes_of(self.len(buffer), self.lanes) } else { 1 }
    }

    /// The element of a buffer whose number stands in a variable, in the memory of a simulation.
    pub(crate) fn element(&self, buffer: BufferId, at: &str) -> String {
        let (memory, bits) = (&self.memories[buffer.0], self.bounds[buffer.0].bits());
        match self.lanes(buffer) {
            1 => format!("{memory}.mem[{at}]"),
            lanes => format!("{memory}.mem[{at} / {lanes}][({at} % {lanes}) * {bits} +: {bits}]"),
        }
    }

    /// The memory of a buffer, if it has elements.
    pub(crate) fn memory(&self, buffer: BufferId, text: &mut String) {
        match (self.len(buffer), self.lanes(buffer)) {
            (0, _) => {}
            (len, 1) => self.memory_of_elements(buffer, len, text),
            (len, lanes) => self.memory_of_words(buffer, len, lanes, text),
        }
    }

    fn memory_of_elements(&self, buffer: BufferId, len: usize, text: &mut String) {
        let width = self.bounds[buffer.0].bits();
        let (name, bits) = (&self.memories[buffer.0], address_bits(len));
        let none = count(bits, 0);
        let reads = self.chosen(&Net::ReadAddress(buffer));
        // What nothing reads is there to be observed.
        let data = if reads.is_some() { format!("rd_{name}") } else { format!("unused_rd_{name}") };
        let address = reads.unwrap_or_else(|| none.clone());
        let write = self.any(&Net::Write(buffer)).unwrap_or_else(|| "1'b0".to_owned());
        let at = self.chosen(&Net::WriteAddress(buffer)).unwrap_or(none);
        let value = self.chosen(&Net::WriteData(buffer)).unwrap_or_else(|| count(width, 0));
        let (of, wide) = (range(bits), range(width));
        let _ = write!(
            text,
            "  // {}\n  wire {wide} {data};\n  wire {of} ra_{name} = {address};\n  wire we_{name} = {write};\n  \
             wire {of} wa_{name} = {at};\n  wire {wide} wd_{name} = {value};\n  \
             {}_ram #(.WIDTH({width}), .DEPTH({len}), .BITS({bits})) {name} (\n    .clk(clk), .read_address(ra_{name}), \
             .read_data({data}),\n    .write(we_{name}), .write_address(wa_{name}), .write_data(wd_{name})\n  );\n",
            self.shown(buffer),
            self.name,
        );
    }

    /// A memory of which operations read and write words or single elements.
    fn memory_of_words(&self, buffer: BufferId, len: usize, lanes: usize, text: &mut String) {
        let width = self.bounds[buffer.0].bits();
        let (name, words) = (&self.memories[buffer.0], len.div_ceil(lanes));
        let (bits, all) = (address_bits(words), width * lanes as u32);
        let (of, wide, element) = (range(bits), range(all), range(address_bits(len)));
        let _ = writeln!(text, "  // {}", self.shown(buffer));
        let (single, whole) =
            (self.chosen(&Net::ReadAddress(buffer)), self.chosen(&Net::ReadWordAddress(buffer)));
        let is_read = single.is_some() || whole.is_some();
        let data = if is_read { format!("rdw_{name}") } else { format!("unused_rdw_{name}") };
        let _ = writeln!(text, "  wire {wide} {data};");
        let mut address = whole.unwrap_or_else(|| count(bits, 0));
        if let Some(single) = single {
            let _ = writeln!(text, "  wire {element} ra_{name} = {single};");
            text.push_str(&split(&format!("ra_{name}"), len, lanes));
            let lane = range(address_bits(lanes));
            let _ = write!(
                text,
                "  reg {lane} rl_{name};\n  always @(posedge clk) rl_{name} <= ra_{name}_lane;\n  wire {} rd_{name} = {};\n",
                range(width),
                part(&data, &format!("rl_{name}"), width, lanes),
            );
            let here = self.drivers(&Net::ReadWordAddress(buffer)).into_iter();
            let here: Vec<String> =
                here.map(|(state, _)| format!("state == {}", self.state(state))).collect();
            let word = format!("ra_{name}_word");
            address = if here.is_empty() {
                word
            } else {
                format!("{}\n    ? ({address}) : {word}", here.join(" || "))
            };
        }
        let _ = writeln!(text, "  wire {of} raw_{name} = {address};");
        let single = self.any(&Net::Write(buffer));
        let whole = self.any(&Net::WriteWord(buffer));
        let mut at = self.chosen(&Net::WriteWordAddress(buffer)).unwrap_or_else(|| count(bits, 0));
        let mut value = self.chosen(&Net::WriteWordData(buffer)).unwrap_or_else(|| count(all, 0));
        let _ = writeln!(text, "  wire wew_{name} = {};", whole.as_deref().unwrap_or("1'b0"));
        let mut writes = format!("{{{lanes}{{wew_{name}}}}}");
        if let Some(single) = single {
            let place = self.chosen(&Net::WriteAddress(buffer)).unwrap_or_default();
            let number = self.chosen(&Net::WriteData(buffer)).unwrap_or_default();
            let _ = write!(
                text,
                "  wire we_{name} = {single};\n  wire {element} wa_{name} = {place};\n  wire {} wd_{name} = {number};\n",
                range(width)
            );
            text.push_str(&split(&format!("wa_{name}"), len, lanes));
            at = format!("wew_{name} ? ({at})\n    : wa_{name}_word");
            value = format!("wew_{name} ? ({value})\n    : {{{lanes}{{wd_{name}}}}}");
            let lane_bits = address_bits(lanes);
            let lane =
                |lane: usize| format!("we_{name} && wa_{name}_lane == {}", count(lane_bits, lane));
            let each: Vec<String> = (0..lanes).rev().map(lane).collect();
            writes = format!("{writes}\n    | {{{}}}", each.join(",\n    "));
        }
        let _ = write!(
            text,
            "  wire {} wel_{name} = {writes};\n  wire {of} waw_{name} = {at};\n  wire {wide} wdw_{name} = {value};\n  \
             {}_lanes_ram #(.WIDTH({width}), .LANES({lanes}), .DEPTH({words}), .BITS({bits})) {name} (\n    .clk(clk), \
             .read_address(raw_{name}), .read_data({data}),\n    .write(wel_{name}), .write_address(waw_{name}), \
             .write_data(wdw_{name})\n  );\n",
            range(lanes as u32),
            self.name,
        );
    }

    /// The modules of memories.
    pub(crate) fn memory_modules(&self) -> String {
        let mut text = format!("\n{}", module(&self.name));
        let mut buffers = (0..self.program.buffers.len()).map(BufferId);
        if buffers.any(|buffer| self.lanes(buffer) > 1) {
            let _ = write!(text, "\n{}", module_of_words(&self.name));
        }
        text
    }
}

/// The element of a word whose number is on a wire.
fn part(word: &str, lane: &str, width: u32, lanes: usize) -> String {
    let of = |at: usize| {
        let low = at as u32 * width;
        format!("{word}[{}:{low}]", low + width - 1)
    };
    let bits = address_bits(lanes);
    (0..lanes - 1).rev().fold(of(lanes - 1), |rest, at| {
        format!("{lane} == {} ? {}\n    : {rest}", count(bits, at), of(at))
    })
}

/// The module of a memory that is read and written.
fn module(prefix: &str) -> String {
    format!(
        "\
// Numbers of a buffer: a port to read, whose number is there a cycle after its address, and a port to write.
module {prefix}_ram #(
  parameter WIDTH = 1,
  parameter DEPTH = 1,
  parameter BITS = 1
) (
  input wire clk,
  input wire [BITS-1:0] read_address,
  output reg [WIDTH-1:0] read_data,
  input wire write,
  input wire [BITS-1:0] write_address,
  input wire [WIDTH-1:0] write_data
);
  reg [WIDTH-1:0] mem [0:DEPTH-1];
  always @(posedge clk) begin
    if (write) mem[write_address] <= write_data;
    read_data <= mem[read_address];
  end
endmodule
"
    )
}

/// The module of a memory whose words have a number for each lane.
fn module_of_words(prefix: &str) -> String {
    format!(
        "\
// The same with several numbers in a word, each of which can be written alone.
module {prefix}_lanes_ram #(
  parameter WIDTH = 1,
  parameter LANES = 1,
  parameter DEPTH = 1,
  parameter BITS = 1
) (
  input wire clk,
  input wire [BITS-1:0] read_address,
  output reg [WIDTH*LANES-1:0] read_data,
  input wire [LANES-1:0] write,
  input wire [BITS-1:0] write_address,
  input wire [WIDTH*LANES-1:0] write_data
);
  reg [WIDTH*LANES-1:0] mem [0:DEPTH-1];
  always @(posedge clk) read_data <= mem[read_address];
  genvar lane;
  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : lanes
      always @(posedge clk)
        if (write[lane]) mem[write_address][lane*WIDTH +: WIDTH] <= write_data[lane*WIDTH +: WIDTH];
    end
  endgenerate
endmodule
"
    )
}
