"""What `yaml_edit` is made of, from the text up.

`tree` is a document as nodes that know where they stand, `reading` makes it with PyYAML, `lookup`
says what its nodes mean, `layout` where lines, nodes and comments end, `spelling` how new text is
written, `settings` what is wanted. `place` changes one mapping, `draft` walks the document.
"""
