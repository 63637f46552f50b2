package differential

import (
	"iter"
	"slices"
	"strings"

	"github.com/corsproof/corsproof/harness"
)

// attempts bounds how many simpler questions are tried.
const attempts = 400

// Smallest simplifies a question for as long as differs returns true for the
// simpler one. It calls differs only with simpler questions, and each question
// for which differs returned true is simpler than the one before.
func Smallest(q Question, differs func(Question) bool) Question {
	left := attempts
	for {
		found := false
		for simpler := range simplifications(q) {
			if left--; left < 0 {
				return q
			}
			if differs(simpler) {
				q, found = simpler, true
				break
			}
		}
		if !found {
			return q
		}
	}
}

// simplifications yields the questions that are one step simpler, the largest
// steps first.
func simplifications(q Question) iter.Seq[Question] {
	return func(yield func(Question) bool) {
		for _, step := range steps(q) {
			simpler := q.clone()
			step(&simpler)
			if simpler.String() != q.String() && !yield(simpler) {
				return
			}
		}
	}
}

// clone copies everything that a step can change.
func (q Question) clone() Question {
	q.Before, q.Hops = slices.Clone(q.Before), slices.Clone(q.Hops)
	q.Request.Headers = slices.Clone(q.Request.Headers)
	for i := range q.Before {
		q.Before[i].Headers = slices.Clone(q.Before[i].Headers)
	}
	for i := range q.Hops {
		q.Hops[i].Preflight.Header = slices.Clone(q.Hops[i].Preflight.Header)
		q.Hops[i].Reply.Header = slices.Clone(q.Hops[i].Reply.Header)
	}
	return q
}

// steps are the ways to make a question simpler.
func steps(q Question) []func(*Question) {
	list := []func(*Question){
		func(q *Question) { q.Before = nil },
		func(q *Question) {
			if last := len(q.Hops) - 1; last > 0 && !strings.Contains(q.String(), "{"+string(rune('0'+last))) {
				q.Hops = q.Hops[:last]
			}
		},
	}
	for i := range q.Before {
		list = append(list, func(q *Question) { q.Before = slices.Delete(q.Before, i, i+1) })
	}
	for i := range q.Hops {
		list = append(list, func(q *Question) {
			// Without Cache-Control a loop would be about the HTTP cache: see
			// noStore.
			q.Hops[i].Reply = Answer{Header: slices.DeleteFunc(q.Hops[i].Reply.Header, func(f harness.Field) bool { return f.Name != "Cache-Control" })}
		}, func(q *Question) { q.Hops[i].Preflight = Answer{} })
	}
	list = append(list, requestSteps(q.Request, func(q *Question) *harness.Request { return &q.Request })...)
	for i, r := range q.Before {
		list = append(list, requestSteps(r, func(q *Question) *harness.Request { return &q.Before[i] })...)
	}
	for i, h := range q.Hops {
		list = append(list,
			func(q *Question) {
				if q.Request.Body.Kind != harness.StreamBody { // a stream needs HTTP/2
					q.Hops[i].Origin = "https://api.test"
				}
			},
			func(q *Question) { q.Hops[i].Path = "" })
		list = append(list, answerSteps(h.Preflight, func(q *Question) *Answer { return &q.Hops[i].Preflight })...)
		list = append(list, answerSteps(h.Reply, func(q *Question) *Answer { return &q.Hops[i].Reply })...)
	}
	return list
}

// requestSteps make one request simpler. Its page stays: from another page, the
// request may be mixed content.
func requestSteps(r harness.Request, of func(*Question) *harness.Request) []func(*Question) {
	list := []func(*Question){
		func(q *Question) { of(q).Headers = nil },
		func(q *Question) { of(q).URL = "{0}" },
		func(q *Question) { of(q).Via = "" },
		func(q *Question) { of(q).Body = harness.Body{} },
		func(q *Question) { of(q).Method = "" },
		func(q *Question) { of(q).Mode = "" },
		func(q *Question) { of(q).Credentials = "" },
		func(q *Question) { of(q).Redirect = "" },
		func(q *Question) { of(q).Cache = "" },
		func(q *Question) { of(q).ReferrerPolicy = "" },
		func(q *Question) { of(q).PageHeaders = nil },
		func(q *Question) { of(q).Document = "" },
		func(q *Question) { of(q).WorkerHeaders = nil },
	}
	for i := range r.Headers {
		list = append(list,
			func(q *Question) { of(q).Headers = slices.Delete(of(q).Headers, i, i+1) },
			func(q *Question) { of(q).Headers[i].Value = "1" })
	}
	return list
}

// answerSteps make one answer simpler.
func answerSteps(a Answer, of func(*Question) *Answer) []func(*Question) {
	list := []func(*Question){
		func(q *Question) { of(q).Drop = false },
		func(q *Question) { of(q).Status = 0 },
	}
	for i, f := range a.Header {
		if f.Name == "Cache-Control" {
			continue // see noStore
		}
		list = append(list, func(q *Question) { of(q).Header = slices.Delete(of(q).Header, i, i+1) })
		if f.Name != "Location" {
			list = append(list, func(q *Question) { of(q).Header[i].Value = "*" })
		}
	}
	return list
}
