using Kdoctor.ApiServer.Objects;

namespace Kdoctor.ApiServer.Selecting;

/// <summary>
/// Recursive descent over: selector = requirement *("," requirement); requirement = ["!"] key | key op value | key ("in"|"notin") "(" values ")".
/// </summary>
internal sealed class LabelSelectorParser(string text)
{
    private const string Symbols = "(),!=<>";
    private int position;

    /// <exception cref="FormatException">The text breaks the grammar.</exception>
    public List<LabelRequirement> Parse()
    {
        var requirements = new List<LabelRequirement> { Requirement() };
        while (Peek() == ",")
        {
            Next();
            requirements.Add(Requirement());
        }

        return Peek().Length == 0 ? requirements : throw Unexpected(Next(), "',' or end of string");
    }

    private LabelRequirement Requirement()
    {
        if (Peek() == "!")
        {
            Next();
            return new LabelRequirement(Key(), LabelOperator.DoesNotExist, []);
        }

        var key = Key();
        if (Peek() is "" or ",") return new LabelRequirement(key, LabelOperator.Exists, []);
        return Next() switch
        {
            "=" or "==" => new LabelRequirement(key, LabelOperator.In, [Value()]),
            "!=" => new LabelRequirement(key, LabelOperator.NotIn, [Value()]),
            ">" => new LabelRequirement(key, LabelOperator.GreaterThan, [Number()]),
            "<" => new LabelRequirement(key, LabelOperator.LessThan, [Number()]),
            "in" => new LabelRequirement(key, LabelOperator.In, Values()),
            "notin" => new LabelRequirement(key, LabelOperator.NotIn, Values()),
            var other => throw Unexpected(other, "in, notin, =, ==, !=, gt, lt"),
        };
    }

    private string Key()
    {
        var key = Next();
        if (key.Length == 0 || Symbols.Contains(key[0], StringComparison.Ordinal)) throw Unexpected(key, "!, identifier, or 'end of string'");
        return LabelRules.KeyProblem(key) is { } problem ? throw new FormatException($"invalid label key \"{key}\": {problem}") : key;
    }

    private string Value() => Peek() is "" or "," ? "" : CheckedValue(Next());

    private string Number()
    {
        var value = Next();
        return long.TryParse(value, out _) ? value : throw new FormatException($"for 'Gt', 'Lt' operators, the value must be an integer, found '{value}'");
    }

    private List<string> Values()
    {
        if (Next() is var opening and not "(") throw Unexpected(opening, "'('");
        var values = new List<string>();
        while (true)
        {
            values.Add(Peek() is "," or ")" ? "" : CheckedValue(Next()));
            switch (Next())
            {
                case ",": continue;
                case ")": return values;
                case var other: throw Unexpected(other, "',', ')' or identifier");
            }
        }
    }

    private static string CheckedValue(string value)
    {
        if (value.Length == 0 || Symbols.Contains(value[0], StringComparison.Ordinal)) throw Unexpected(value, "',', ')' or identifier");
        return LabelRules.ValueProblem(value) is { } problem ? throw new FormatException($"invalid label value: \"{value}\": {problem}") : value;
    }

    private static FormatException Unexpected(string found, string expected) => new($"found '{found}', expected: {expected}");

    private string Peek()
    {
        var start = position;
        var token = Next();
        position = start;
        return token;
    }

    /// <summary>The next token; empty at the end.</summary>
    private string Next()
    {
        while (position < text.Length && char.IsWhiteSpace(text[position])) position++;
        if (position == text.Length) return "";
        var start = position++;
        if (text[start] is '=' or '!' && position < text.Length && text[position] == '=') position++;
        else if (!IsSymbol(text[start]))
            while (position < text.Length && !IsSymbol(text[position]) && !char.IsWhiteSpace(text[position])) position++;
        return text[start..position];
    }

    private static bool IsSymbol(char c) => Symbols.Contains(c, StringComparison.Ordinal);
}
