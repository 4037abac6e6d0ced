//! The memory of a buffer.

/// The module of a memory that is read and written.
pub(crate) fn module(prefix: &str) -> String {
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
