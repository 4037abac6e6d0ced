//! The rules of neurons, by primitive and place.

use nirkit_ir::Primitive;
use serde::{Deserialize, Serialize};

use super::rule::Rule;

/// The rules of neurons by primitive; `None` for those that the program does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Neurons {
    /// LI.
    pub li: Option<Rule>,
    /// LI that a program joins with the Threshold after it.
    pub threshold_li: Option<Rule>,
    /// IF.
    pub r#if: Option<Rule>,
    /// IF in a cycle.
    pub recurrent_if: Option<Rule>,
    /// LIF.
    pub lif: Option<Rule>,
    /// LIF whose `r` is 1.
    pub unit_lif: Option<Rule>,
    /// LIF, in a layer of a single neuron.
    pub lone_lif: Option<Rule>,
    /// LIF in a cycle.
    pub recurrent_lif: Option<Rule>,
    /// `CubaLIF`.
    pub cuba_lif: Option<Rule>,
    /// `CubaLIF` in a cycle.
    pub recurrent_cuba_lif: Option<Rule>,
}

/// How far from 1 an `r` of 1 may be.
const UNIT_R: f64 = 1e-6;

/// The place of a neuron among [`Neurons`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// LI.
    Li,
    /// LI with the Threshold after it.
    ThresholdLi,
    /// IF.
    If,
    /// IF in a cycle.
    RecurrentIf,
    /// LIF.
    Lif,
    /// LIF whose `r` is 1.
    UnitLif,
    /// LIF, in a layer of a single neuron.
    LoneLif,
    /// LIF in a cycle.
    RecurrentLif,
    /// `CubaLIF`.
    CubaLif,
    /// `CubaLIF` in a cycle.
    RecurrentCubaLif,
}

impl Slot {
    /// Every place.
    pub const ALL: [Self; 10] = [
        Self::Li,
        Self::ThresholdLi,
        Self::If,
        Self::RecurrentIf,
        Self::Lif,
        Self::UnitLif,
        Self::LoneLif,
        Self::RecurrentLif,
        Self::CubaLif,
        Self::RecurrentCubaLif,
    ];

    /// The kind of the neurons in this place.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Li | Self::ThresholdLi => "LI",
            Self::If | Self::RecurrentIf => "IF",
            Self::Lif | Self::UnitLif | Self::LoneLif | Self::RecurrentLif => "LIF",
            Self::CubaLif | Self::RecurrentCubaLif => "CubaLIF",
        }
    }

    /// The places for a node of so many neurons, inside or outside a cycle: the first that has a rule
    /// counts.
    fn of(primitive: &Primitive, recurrent: bool, neurons: usize) -> Vec<Self> {
        let mut slots = Vec::new();
        let mut push = |slot, applies| slots.extend(Some(slot).filter(|_| applies));
        match primitive {
            Primitive::Li(_) => push(Self::Li, true),
            Primitive::If(_) => {
                push(Self::RecurrentIf, recurrent);
                push(Self::If, true);
            }
            Primitive::Lif(p) => {
                let r = p.r.to_f64().unwrap_or_default();
                push(Self::RecurrentLif, recurrent);
                push(Self::LoneLif, neurons == 1);
                push(Self::UnitLif, r.iter().all(|r| (r - 1.0).abs() <= UNIT_R));
                push(Self::Lif, true);
            }
            Primitive::CubaLif(_) => {
                push(Self::RecurrentCubaLif, recurrent);
                push(Self::CubaLif, true);
            }
            _ => {}
        }
        slots
    }
}

impl Neurons {
    /// No neuron at all.
    pub const NONE: Self = Self {
        li: None,
        threshold_li: None,
        r#if: None,
        recurrent_if: None,
        lif: None,
        unit_lif: None,
        lone_lif: None,
        recurrent_lif: None,
        cuba_lif: None,
        recurrent_cuba_lif: None,
    };

    /// The rule in a place.
    #[must_use]
    pub fn get(&self, slot: Slot) -> &Option<Rule> {
        match slot {
            Slot::Li => &self.li,
            Slot::ThresholdLi => &self.threshold_li,
            Slot::If => &self.r#if,
            Slot::RecurrentIf => &self.recurrent_if,
            Slot::Lif => &self.lif,
            Slot::UnitLif => &self.unit_lif,
            Slot::LoneLif => &self.lone_lif,
            Slot::RecurrentLif => &self.recurrent_lif,
            Slot::CubaLif => &self.cuba_lif,
            Slot::RecurrentCubaLif => &self.recurrent_cuba_lif,
        }
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, slot: Slot) -> &mut Option<Rule> {
        match slot {
            Slot::Li => &mut self.li,
            Slot::ThresholdLi => &mut self.threshold_li,
            Slot::If => &mut self.r#if,
            Slot::RecurrentIf => &mut self.recurrent_if,
            Slot::Lif => &mut self.lif,
            Slot::UnitLif => &mut self.unit_lif,
            Slot::LoneLif => &mut self.lone_lif,
            Slot::RecurrentLif => &mut self.recurrent_lif,
            Slot::CubaLif => &mut self.cuba_lif,
            Slot::RecurrentCubaLif => &mut self.recurrent_cuba_lif,
        }
    }

    /// The rule for a node of so many neurons, inside or outside a cycle; `None` for what is no
    /// neuron and for neurons without a rule.
    #[must_use]
    pub fn rule(&self, primitive: &Primitive, recurrent: bool, neurons: usize) -> Option<&Rule> {
        let slots = Slot::of(primitive, recurrent, neurons);
        slots.into_iter().find_map(|slot| self.get(slot).as_ref())
    }

    /// Where the rule for such a node stands if every place has one.
    #[must_use]
    pub fn place(primitive: &Primitive, recurrent: bool, neurons: usize) -> Option<Slot> {
        Slot::of(primitive, recurrent, neurons).first().copied()
    }
}
