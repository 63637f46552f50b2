"""What adapters in Python share. servers/libraries/README.md describes an adapter whole.

An adapter is a function that mounts its library for a policy, and returns what serves:

    def mount(policy):
        app = framework()
        for route in routes.ROUTES:
            ...
        with refusals():
            app.add(library, **options)
        return Served("library", config, serving.uvicorn(app))

    main(mount)
"""
