"""Pages and actions of the desk: routes, who may use them, templates. It keeps nothing and reads no file itself."""
