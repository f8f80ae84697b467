"""What a program of ours said until a line that is waited for."""


def read_until(program, last):
    said = []
    for line in program.stdout:
        said.append(line)
        if last in line:
            return "".join(said)
    raise AssertionError("".join(said))
