"""Recordings and stimuli."""

from .graph import EventData, NIRGraphData, NIRNodeData, TimeGriddedData, ValuedEventData

__all__ = ["EventData", "NIRGraphData", "NIRNodeData", "TimeGriddedData", "ValuedEventData"]
