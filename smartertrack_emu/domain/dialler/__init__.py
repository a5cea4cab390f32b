"""Campaigns of outgoing calls: whom to call, with which results. Nothing is dialled in truth; see `across.dialling`."""
