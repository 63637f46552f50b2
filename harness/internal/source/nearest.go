package source

import "strings"

// Nearest returns the candidate that a word was probably meant to be, or nothing.
func Nearest(word string, candidates []string) string {
	best, least := "", 3 // a greater distance gives no guess
	for _, c := range candidates {
		distance := editDistance(Plain(word), Plain(c))
		if distance < least && 2*distance < len(c) {
			best, least = c, distance
		}
	}
	return best
}

// Plain removes differences that are only spelling.
func Plain(word string) string {
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(word))
}

// editDistance is how many letters must be inserted, dropped, replaced or
// swapped with the next letter.
func editDistance(a, b string) int {
	const limit = 40
	if len(a) > limit || len(b) > limit {
		return limit
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replaced := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, replaced)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
