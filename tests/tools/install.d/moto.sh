# Stands in for AWS; tests/tools/ecr_shim.py runs inside it and adds what it lacks.
version=5.2.5
install_tool() { python_tool moto --requirement "$HERE/install.d/moto.txt"; }
