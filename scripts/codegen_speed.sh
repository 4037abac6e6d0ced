#!/usr/bin/env bash
# Times generated C beside loops written by hand for the same network: an Affine and an LIF twice, 64-128-10. Both are built with the same
# flags and run in turn; the script prints nanoseconds of a step and their ratio, and fails above MOST_RATIO.
#
#     scripts/codegen_speed.sh PROGRAM [MOST_RATIO]
set -euo pipefail
nir=$(realpath "$1")
most=${2:-1.3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 - > net.nirt <<'PY'
state = 1
def draw():
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 40) / 2**24 - 0.5
def rows(count, length, size):
    return f"[{count}, {length}] [" + ", ".join("[" + ", ".join(f"{draw() * size:.5f}" for _ in range(length)) + "]" for _ in range(count)) + "]"
print("nirt 1\nversion \"1.0.8\"\n\ngraph {")
print("  input = Input { shape: i64[1] [64] }")
print(f"  fc1 = Affine {{ weight: f32{rows(128, 64, 1.0)}, bias: f32[128] [{', '.join(['0.01'] * 128)}] }}")
def lif(name, count):
    def each(x):
        return f"f32[{count}] [{', '.join([x] * count)}]"
    print(f"  {name} = LIF {{ tau: {each('0.01')}, r: {each('1')}, v_leak: {each('0')}, v_threshold: {each('1')} }}")
lif("lif1", 128)
print(f"  fc2 = Affine {{ weight: f32{rows(10, 128, 1.0)}, bias: f32[10] [{', '.join(['0.01'] * 10)}] }}")
lif("lif2", 10)
print("  output = Output { shape: i64[1] [10] }\n\n  input -> fc1 -> lif1 -> fc2 -> lif2 -> output\n}")
PY
"$nir" codegen net.nirt --target c99 --platform norse --dt 1ms --output made --name made > /dev/null
cat > hand.h <<'C'
typedef struct { float v1[128], s1[128], v2[10], s2[10]; } hand_state;
void hand_step(hand_state *s, const float *in, const float *w1, const float *b1, const float *w2, const float *b2);
C
cat > hand.c <<'C'
#include "hand.h"
#include <string.h>
/* Weights by source, so that the inner loop is over neighbours; inputs that are 0 are passed. */
static void layer(int n, int m, const float *in, const float *w, const float *b, float *v, float *s)
{
  float x[128];
  memset(x, 0, sizeof x);
  for (int i = 0; i < n; i++) {
    const float a = in[i];
    if (a != 0.0f) { for (int r = 0; r < m; r++) { x[r] += w[i * m + r] * a; } }
  }
  for (int r = 0; r < m; r++) {
    float u = v[r] + 0.1f * ((0.0f - v[r]) + (x[r] + b[r]));
    s[r] = u > 1.0f ? 1.0f : 0.0f;
    v[r] = u > 1.0f ? 0.0f : u;
  }
}
void hand_step(hand_state *s, const float *in, const float *w1, const float *b1, const float *w2, const float *b2)
{
  layer(64, 128, in, w1, b1, s->v1, s->s1);
  layer(128, 10, s->s1, w2, b2, s->v2, s->s2);
}
C
field=$(grep -o '[a-z_0-9]*step(made_state \*s, const float \*[a-z_0-9]*' made/made.h | head -1)
[ -n "$field" ] || { echo "the step of the generated code has another head" >&2; exit 1; }
cat > time.c <<'C'
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "hand.h"
#include "made/made.h"
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return 1e9 * (double)t.tv_sec + (double)t.tv_nsec; }
static float frames[256][64];
static made_state made;
static hand_state hand;
static float w1[64 * 128], b1[128], w2[128 * 10], b2[10];
int main(void)
{
  enum { STEPS = 20000, ROUNDS = 9 };
  double best[2] = { 1e300, 1e300 };
  for (int t = 0; t < 256; t++) { for (int i = 0; i < 64; i++) { frames[t][i] = 1.0f; } }
  for (int i = 0; i < 64 * 128; i++) { w1[i] = (float)rand() / (float)RAND_MAX - 0.5f; }
  for (int i = 0; i < 128 * 10; i++) { w2[i] = (float)rand() / (float)RAND_MAX - 0.5f; }
  made_init(&made);
  for (int round = 0; round < ROUNDS; round++) {
    double begin = now();
    for (int t = 0; t < STEPS; t++) { hand_step(&hand, frames[t % 256], w1, b1, w2, b2); }
    double middle = now();
    for (int t = 0; t < STEPS; t++) { made_step(&made, frames[t % 256]); }
    double end = now();
    if (middle - begin < best[0]) { best[0] = middle - begin; }
    if (end - middle < best[1]) { best[1] = end - middle; }
  }
  printf("%.0f %.0f\n", best[0] / STEPS, best[1] / STEPS);
  return 0;
}
C
for compiler in gcc clang; do
  command -v "$compiler" > /dev/null || continue
  for level in -O2 -O3; do
    "$compiler" "$level" -ffp-contract=off -o timed time.c hand.c made/made.c -lm
    read -r hand made < <(./timed)
    ratio=$(python3 -c "print(f'{$made / $hand:.2f}')")
    echo "$compiler $level: by hand $hand ns a step, generated $made ns, ratio $ratio"
    python3 -c "import sys; sys.exit($ratio > $most)" || { echo "more than $most" >&2; exit 1; }
  done
done
