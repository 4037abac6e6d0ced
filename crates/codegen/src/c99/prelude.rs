//! Functions that the code may need. Only those that it names are printed.

/// A function: its name and its text.
const FUNCTIONS: [(&str, &str); 15] = [
    (
        "nir_floor",
        "static double nir_floor(double x)\n{\n  double whole;\n  if (!(x > -4503599627370496.0 && x < 4503599627370496.0)) { return x; }\n  whole = (double)(int64_t)x;\n  if (whole > x) { whole -= 1.0; }\n  return (whole == x) ? x : whole;\n}\n",
    ),
    (
        "nir_trunc",
        "static double nir_trunc(double x)\n{\n  double whole;\n  if (!(x > -4503599627370496.0 && x < 4503599627370496.0)) { return x; }\n  whole = (double)(int64_t)x;\n  if (whole == 0.0 && x < 0.0) { return -0.0; }\n  return (whole == x) ? x : whole;\n}\n",
    ),
    (
        "nir_min_f32",
        "static float nir_min_f32(float a, float b)\n{\n  if (a != a) { return b; }\n  return (b < a) ? b : a;\n}\n",
    ),
    (
        "nir_max_f32",
        "static float nir_max_f32(float a, float b)\n{\n  if (a != a) { return b; }\n  return (b > a) ? b : a;\n}\n",
    ),
    (
        "nir_min_f64",
        "static double nir_min_f64(double a, double b)\n{\n  if (a != a) { return b; }\n  return (b < a) ? b : a;\n}\n",
    ),
    (
        "nir_max_f64",
        "static double nir_max_f64(double a, double b)\n{\n  if (a != a) { return b; }\n  return (b > a) ? b : a;\n}\n",
    ),
    (
        "nir_min_i64",
        "static int64_t nir_min_i64(int64_t a, int64_t b)\n{\n  return (b < a) ? b : a;\n}\n",
    ),
    (
        "nir_max_i64",
        "static int64_t nir_max_i64(int64_t a, int64_t b)\n{\n  return (b > a) ? b : a;\n}\n",
    ),
    (
        "nir_div_i64",
        "static int64_t nir_div_i64(int64_t a, int64_t b)\n{\n  if (b == 0) { return 0; }\n  if (b == -1) { return (int64_t)(0u - (uint64_t)a); }\n  return a / b;\n}\n",
    ),
    (
        "nir_mod_i64",
        "static int64_t nir_mod_i64(int64_t a, int64_t b)\n{\n  int64_t rest;\n  if (b == 0 || b == -1) { return 0; }\n  rest = a % b;\n  if (rest < 0) { rest = (b < 0) ? (rest - b) : (rest + b); }\n  return rest;\n}\n",
    ),
    (
        "nir_shr_i64",
        "/* Towards minus infinity, without a shift of a negative number. */\nstatic int64_t nir_shr_i64(int64_t a, int64_t bits)\n{\n  uint32_t n = (bits < 0) ? 0u : ((bits > 63) ? 63u : (uint32_t)bits);\n  uint64_t x = (uint64_t)a >> n;\n  if (a < 0 && n > 0u) { x |= ~(UINT64_MAX >> n); }\n  return (int64_t)x;\n}\n",
    ),
    (
        "nir_to_i64",
        "/* Towards zero; what is too large, and NaN, becomes the lowest. */\nstatic int64_t nir_to_i64(double x)\n{\n  if (x >= -9223372036854775808.0 && x < 9223372036854775808.0) { return (int64_t)x; }\n  return INT64_MIN;\n}\n",
    ),
    (
        "nir_down_i32",
        "/* Shifts right by 1 to 31 bits, towards minus infinity, without a shift of a negative number. */\nstatic int32_t nir_down_i32(int32_t a, uint32_t n)\n{\n  return (int32_t)(((uint32_t)a + UINT32_C(0x80000000)) >> n) - (int32_t)(UINT32_C(0x80000000) >> n);\n}\n",
    ),
    (
        "nir_down_i64",
        "/* Shifts right by 1 to 63 bits, towards minus infinity, without a shift of a negative number. */\nstatic int64_t nir_down_i64(int64_t a, uint32_t n)\n{\n  return (int64_t)(((uint64_t)a + ((uint64_t)INT64_MAX + 1u)) >> n) - (int64_t)(((uint64_t)INT64_MAX + 1u) >> n);\n}\n",
    ),
    (
        "nir_hold",
        "static int64_t nir_hold(int64_t x, int64_t low, int64_t high)\n{\n  return (x < low) ? low : ((x > high) ? high : x);\n}\n",
    ),
];

/// What the code begins with: checks of the compiler, and the functions that it names.
pub(crate) fn needed_by(body: &str) -> String {
    let mut text = String::new();
    if body.contains("float") || body.contains("double") {
        text.push_str(
            "#include <float.h>\n#include <math.h>\n\n#if defined(__FAST_MATH__)\n#error \"numbers are reordered: leave out -ffast-math\"\n#endif\n\
             #if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0\n#error \"numbers are kept in another format than their own: use SSE or a soft float\"\n#endif\n\n",
        );
    }
    for (name, function) in FUNCTIONS {
        if body.contains(&format!("{name}(")) {
            text.push_str(function);
            text.push('\n');
        }
    }
    text
}
