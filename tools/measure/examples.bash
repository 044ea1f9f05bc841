# What the scripts share that measure the examples with order bugs.

names=()

# NAME... -- WORD...: sets the variables of these names to what the words `--NAME VALUE` say, and `names` to the other words.
read_options() {
    local usage known=" "
    usage="usage: tools/measure/$(basename "$0")"
    while [ "$1" != -- ]; do known+="$1 " usage+=" [--$1 N]"; shift; done
    shift
    while [ $# -gt 0 ]; do
        case $1 in
        --*)
            if [[ $known != *" ${1#--} "* ]] || [ $# = 1 ]; then echo "$usage [NAME...]" >&2; exit 64; fi
            printf -v "${1#--}" %s "$2"
            shift
            ;;
        -*) echo "$usage [NAME...]" >&2; exit 64 ;;
        *) names+=("$1") ;;
        esac
        shift
    done
}

# PRODUCT...: builds them; sets `bugs` to the program of examples, `pooltrace` to the command, and `names` to all examples unless it has some.
build() {
    for product; do swift build -c release --quiet --product "$product"; done
    bugs=$(swift build -c release --show-bin-path)/bugs
    pooltrace=${bugs%bugs}pooltrace
    if [ ${#names[@]} = 0 ]; then mapfile -t names < <("$bugs" --list); fi
}

# EXPRESSION: what Python makes of the JSON document on standard input, `it`.
json() { python3 -c 'import json, sys; it = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }
