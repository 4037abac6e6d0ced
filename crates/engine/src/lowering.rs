//! What all engines need to lower their networks to step programs.

use nirkit_ir::facts::Window;

/// A window in the terms of step programs.
pub(crate) fn step_window(window: &Window) -> nirkit_step::Window {
    let Window { channels_in, channels_out, groups, kernel, stride, dilation, .. } = *window;
    let (before, input, output) = (window.before, window.input, window.output);
    nirkit_step::Window {
        channels_in,
        channels_out,
        groups,
        kernel,
        stride,
        dilation,
        before,
        input,
        output,
    }
}
