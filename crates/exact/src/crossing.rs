//! When a course first rises above a level.
//!
//! Where the input is constant there are closed forms ([`lif`](super::lif), [`if`](super::if),
//! [`cuba_lif`](super::cuba_lif)). Everywhere else the search walks forward: from where it stands it
//! knows the distance to the level, the slope and an upper bound of the curvature of the next while,
//! and so how far it can go without missing a crossing. It misses none, however narrow, and takes no
//! touch for one; at a crossing it converges as Newton's method does, because the bound tightens with
//! the step.

/// The first rise above the level, counted from where a course starts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Crossing {
    /// Seconds from the start; `None` if there is none before the next event.
    pub(super) after: Option<f64>,
    /// What is doubtful about it.
    pub(super) doubt: Option<Doubt>,
}

/// A decision that is closer than the arithmetic can tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Doubt {
    /// When it is taken, in seconds from the start of the course.
    pub(super) at: f64,
    /// How near the other decision is.
    pub(super) margin: f64,
}

/// The course never rises above the level.
pub(super) const NEVER: Crossing = Crossing { after: None, doubt: None };

impl Crossing {
    /// A crossing that is beyond doubt.
    pub(super) fn after(s: f64) -> Self {
        Self { after: s.is_finite().then_some(s), doubt: None }
    }

    /// The same crossing, at the next instant that a number can name where it is too soon for one: seen from
    /// `time`, it would else be at the same instant, and again after it.
    pub(super) fn beyond(self, time: f64) -> Self {
        let is_lost = |&s: &f64| s > 0.0 && time + s == time;
        let next = self.after.filter(is_lost).map(|_| time.next_up() - time);
        Self { after: next.or(self.after), ..self }
    }

    /// The same decision, taken at `at`, in doubt if its margin is below the noise. An exact tie is
    /// no doubt: numbers that are equal to the last bit are equal because they were meant to be.
    pub(super) fn doubted(self, at: f64, margin: f64, noise: f64) -> Self {
        let margin = margin.abs();
        let doubt = (margin != 0.0 && margin <= noise).then_some(Doubt { at, margin });
        Self { doubt, ..self }
    }
}

/// A smooth course relative to a level, seen from where it stands.
pub(super) trait Course {
    /// The course seen from `s` seconds later.
    fn later(&self, s: f64) -> Self;
    /// Height above the level.
    fn height(&self) -> f64;
    /// Derivative of the height.
    fn slope(&self) -> f64;
    /// Upper bound of the second derivative during the next `s` seconds.
    fn curvature(&self, s: f64) -> f64;
    /// Upper bound of the height during the next `s` seconds, which may be without end.
    fn ceiling(&self, s: f64) -> f64;
    /// Bound of the rounding error of the height.
    fn noise(&self) -> f64;
    /// The fastest rate of the course in 1/s.
    fn pace(&self) -> f64;
    /// Distance of two neighbouring instants here, in seconds.
    fn resolution(&self) -> f64;
}

/// Steps after which a search is given up and reported as undecided.
const LIMIT: usize = 20_000;

/// The first instant of `0..=horizon` from which on a course that starts at or below its level is
/// above it.
pub(super) fn first_rise<C: Course>(start: &C, horizon: f64) -> Crossing {
    let mut walk = Walk { at: 0.0, window: first_window(start), nearest: (0.0, f64::NEG_INFINITY) };
    let mut noise = start.noise();
    for step in 0..LIMIT {
        let here = if step == 0 { None } else { Some(start.later(walk.at)) };
        let here = here.as_ref().unwrap_or(start);
        noise = noise.max(here.noise());
        // What stands at the start has been tested: it is not above the level.
        // Falling from the level, it may seem to be above by a rounding.
        let falls = step == 0 || (here.slope() <= 0.0 && here.height() <= noise);
        let height = if falls { here.height().min(0.0) } else { here.height() };
        if height > 0.0 {
            let peak = peak_height(here, walk.window);
            return Crossing::after(walk.at).doubted(walk.at, peak, noise);
        }
        if step > 0 && height > walk.nearest.1 {
            walk.nearest = (walk.at, height);
        }
        if walk.at >= horizon || !walk.at.is_finite() || here.ceiling(horizon - walk.at) <= 0.0 {
            return NEVER.doubted(walk.nearest.0, walk.nearest.1, noise);
        }
        let reach = reach(height, here.slope(), here.curvature(walk.window));
        if reach <= here.resolution() && height < 0.0 && here.slope() > 0.0 {
            let (at, peak) = (walk.at + reach, peak_height(here, walk.window));
            return Crossing::after(at).doubted(at, peak, noise);
        }
        walk.advance(reach.max(here.resolution()));
    }
    NEVER.doubted(walk.nearest.0, walk.nearest.1, f64::INFINITY)
}

/// Where a search stands.
struct Walk {
    at: f64,
    /// The while for which curvature is asked.
    window: f64,
    /// The largest height that was met, and where.
    nearest: (f64, f64),
}

impl Walk {
    /// Goes as far as is certain, and asks for a shorter or longer while next.
    fn advance(&mut self, reach: f64) {
        if reach >= self.window {
            self.at += self.window;
            self.window *= 2.0;
        } else {
            self.at += reach;
            self.window = (4.0 * reach).min(self.window);
        }
    }
}

/// A first guess at the time in which a course bends.
fn first_window<C: Course>(start: &C) -> f64 {
    let by_rate = 1.0 / start.pace();
    let by_slope = -start.height() / start.slope();
    let guess =
        by_rate.min(if by_slope > 0.0 && start.slope() > 0.0 { by_slope } else { f64::INFINITY });
    match start.resolution() * f64::from(1 << 20) {
        _ if guess.is_finite() => guess,
        some if some > 0.0 => some,
        _ => 1.0,
    }
}

/// The first positive root of `height + slope x + curvature x^2 / 2`; infinite if there is none.
/// Before it a course with this bound of its curvature stays below its level.
fn reach(height: f64, slope: f64, curvature: f64) -> f64 {
    if curvature.is_nan() || curvature == f64::INFINITY {
        return 0.0;
    }
    let discriminant = slope * slope - 2.0 * curvature * height;
    if discriminant < 0.0 {
        return f64::INFINITY;
    }
    let root = discriminant.sqrt();
    // The form without cancellation: for a rising course the numerator is small, else the other way.
    let x = if slope > 0.0 { -2.0 * height / (slope + root) } else { (root - slope) / curvature };
    if x > 0.0 || height == 0.0 && x == 0.0 { x } else { f64::INFINITY }
}

/// How far a course that crosses here goes beyond its level, at least: over the top of its parabola.
fn peak_height<C: Course>(here: &C, window: f64) -> f64 {
    let (slope, bend) = (here.slope(), here.curvature(window).abs());
    if slope <= 0.0 || bend == 0.0 { f64::INFINITY } else { slope * slope / (2.0 * bend) }
}

/// The root of an increasing crossing between `low` (not above the level) and `high` (above it), by
/// Newton's method kept inside the bracket. `f` gives height and slope.
pub(super) fn bracketed(f: impl Fn(f64) -> (f64, f64), mut low: f64, mut high: f64) -> f64 {
    let mut x = low;
    for _ in 0..200 {
        let (height, slope) = f(x);
        if height > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - height / slope;
        let next = if newton > low && newton < high { newton } else { low + 0.5 * (high - low) };
        if next.to_bits() == x.to_bits() || next <= low || next >= high {
            break;
        }
        x = next;
    }
    if f(low).0 == 0.0 { low } else { x }
}
