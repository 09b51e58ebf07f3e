"""The programme of improvement: workstreams, actions, risks, decisions and plans, and the events marked on charts."""
