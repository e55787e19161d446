"""States and events to and from plain JSON values: what files hold for years.

The form, version 1. A name is the name of the Python field. A field that has its default is left
out, and the defaults are part of the form: None, an empty tuple, the stamp `BEGINNING`, the model
or scope `"*"`, the account `""`, the kind `"allowance"`, the status 200, a count of 0. A stamp is
`[micros, counter]`; an instant is Unix seconds, a float, exact; an enum is its value; a register is
`{"stamp": …, "value": …}`, without a value where a setting was taken back; what a record holds by
source is an object. A header is `[name, value]`. Lists that have an order of their own are sorted.

Reading is strict, so that nothing is dropped in silence: an unknown field or event, another type,
a number that is not finite or has no place in 64 bits, a text of more than 4,096 characters, a key
that occurs twice are `Malformed`, with the path of the place; a later version is `NewerVersion`.
A change of the form is a new version, and every version that was ever written stays readable.
"""
