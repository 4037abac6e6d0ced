//! How the times in a file are read.

use clap::{Args as ClapArgs, ValueEnum};
use nirkit::passes::time_unit::TimeUnit;

/// The unit of the times in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TimeUnitName {
    /// Seconds, as nearly all exporters write
    S,
    /// Milliseconds
    Ms,
}

impl From<TimeUnitName> for TimeUnit {
    fn from(name: TimeUnitName) -> Self {
        match name {
            TimeUnitName::S => Self::Second,
            TimeUnitName::Ms => Self::Millisecond,
        }
    }
}

/// How the times in a file are read, which does not say their unit.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct TimeArgs {
    /// Unit of the time constants and delays in the file; without it, the metadata say it, or they are in seconds
    #[arg(long, value_enum, value_name = "UNIT")]
    time_unit: Option<TimeUnitName>,
}

impl TimeArgs {
    /// The unit that is given.
    pub(crate) fn unit(&self) -> Option<TimeUnit> {
        self.time_unit.map(TimeUnit::from)
    }
}
