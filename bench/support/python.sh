# python_of FOLDER LOST PACKAGES sets $python to the one of .cache/FOLDER, with the packages of bench/FOLDER/requirements.txt; at first they are installed.
# Ends with 2 where there is no python3, and says what is LOST. For scripts in the folder of the repository.
python_of() {
  local place=.cache/$1
  if ! [ -x "$place/bin/python" ]; then
    command -v python3 >/dev/null || { echo "There is no python3 here: $2." >&2; exit 2; }
    echo "Installing $3 in $place: some minutes, once." >&2
    python3 -m venv "$place"
    "$place/bin/pip" install --quiet --requirement "bench/$1/requirements.txt"
  fi
  python=$place/bin/python
}
