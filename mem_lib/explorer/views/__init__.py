"""The explorers, one module each.

``views/<slug>.py`` builds networks, packs them and returns an :class:`~mem_lib.explorer.Explorer`
whose ``view`` is the slug.  ``static/views/<slug>.mjs`` draws it: it exports ``render({ model, el
})``, which fills the element ``el`` and returns a function that stops what it has started.
``model.get(name)`` gives what the Python side put into ``values``, and ``"packs"`` the packed
networks; the parts beside ``static/views`` (``evaluate``, ``pieces``, ``picture``) are there to be
imported.  Nothing else has to be told about a new view.

A chapter's view is a study (``mem_lib.explorer.study``): its module has a function ``cell`` that
builds the network of a setting, for the grid of the page and for whatever a kernel is asked.
"""
