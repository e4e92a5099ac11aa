// Renders a Helm chart's templates as helm does, for tests on machines without helm: Go's templates, sprig's functions, and those few of helm's own that
// the chart uses.
//
//	chart-renderer CHART <cases.json      [{"values": {...}, "namespace": "...", "appVersion": "...", "apiVersions": ["policy/v1"]}, ...]
//
// Prints a JSON list: for each case {"text": "..."}, all templates one after the other, or {"error": "..."}.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
)

type testCase struct {
	Values      map[string]interface{} `json:"values"`
	Namespace   string                 `json:"namespace"`
	AppVersion  string                 `json:"appVersion"`
	APIVersions apiVersions            `json:"apiVersions"`
}

type apiVersions []string

// Has is what charts ask of .Capabilities.APIVersions.
func (v apiVersions) Has(wanted string) bool {
	for _, version := range v {
		if version == wanted {
			return true
		}
	}
	return false
}

type result struct {
	Text  string `json:"text,omitempty"`
	Error string `json:"error,omitempty"`
}

func main() {
	var cases []testCase
	decoder := json.NewDecoder(os.Stdin)
	if err := decoder.Decode(&cases); err != nil || len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: chart-renderer CHART <cases.json", err)
		os.Exit(2)
	}
	var results []result
	for _, one := range cases {
		text, err := render(os.Args[1], one)
		if err != nil {
			results = append(results, result{Error: err.Error()})
		} else {
			results = append(results, result{Text: text})
		}
	}
	json.NewEncoder(os.Stdout).Encode(results)
}

func render(chart string, one testCase) (string, error) {
	all := template.New("chart").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	functions["include"] = func(name string, data interface{}) (string, error) {
		var text bytes.Buffer
		err := all.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	all.Funcs(functions)
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	if err != nil {
		return "", err
	}
	sort.Strings(files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		if _, err := all.New(filepath.Base(file)).Parse(string(text)); err != nil {
			return "", err
		}
	}
	data := map[string]interface{}{
		"Values":       one.Values,
		"Release":      map[string]interface{}{"Name": "kdoctor", "Namespace": one.Namespace, "Service": "Helm"},
		"Chart":        map[string]interface{}{"Name": "kdoctor", "AppVersion": one.AppVersion},
		"Capabilities": map[string]interface{}{"APIVersions": one.APIVersions},
	}
	var out strings.Builder
	for _, file := range files {
		name := filepath.Base(file)
		var text bytes.Buffer
		if err := all.ExecuteTemplate(&text, name, data); err != nil {
			return "", err
		}
		if strings.HasSuffix(name, ".yaml") && strings.TrimSpace(text.String()) != "" {
			out.WriteString("---\n" + text.String() + "\n")
		}
	}
	return out.String(), nil
}
