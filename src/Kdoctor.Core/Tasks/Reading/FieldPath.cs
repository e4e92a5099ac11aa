using System.Globalization;
using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>Where a field is in a document, down from the root.</summary>
internal sealed record FieldPath
{
    private FieldPath(FieldPath? parent, string? name, int index)
    {
        Parent = parent;
        Name = name;
        Index = index;
    }

    public static FieldPath Root { get; } = new(null, null, -1);

    public static FieldPath Spec { get; } = Root.Field("spec");

    public static FieldPath Metadata { get; } = Root.Field("metadata");

    public FieldPath? Parent { get; }

    /// <summary>The field's name in its map; null for the root and for items of lists.</summary>
    public string? Name { get; }

    private int Index { get; }

    public FieldPath Field(string name) => new(this, name, -1);

    public FieldPath Item(int index) => new(this, null, index);

    /// <summary>A path of plain names and indices, as <see cref="ToString"/> spells it: <c>targets.deny[2]</c>.</summary>
    public static FieldPath Parse(string text)
    {
        var path = Root;
        foreach (var step in text.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = step.Split('[', ']');
            path = path.Field(parts[0]);
            foreach (var index in parts.Skip(1).Where(part => part.Length > 0))
                path = path.Item(int.Parse(index, CultureInfo.InvariantCulture));
        }

        return path;
    }

    /// <summary>The line of the field, or of the nearest thing around it that was written; null when the document did not come from text.</summary>
    public int? LineIn(ManifestNode root) => Walk(root).Line;

    public override string ToString()
    {
        if (Parent is null)
            return "";
        var before = Parent.ToString();
        return Name is null ? string.Create(CultureInfo.InvariantCulture, $"{before}[{Index}]") : ProblemWords.Step(before, Name);
    }

    private (ManifestNode? Node, int? Line) Walk(ManifestNode root)
    {
        if (Parent is null)
            return (root, root.Line);
        var (node, line) = Parent.Walk(root);
        if (Name is not null && (node as ManifestMap)?.Find(Name) is { } field)
            return (field.Value, field.Line ?? line);
        if (Name is null && node is ManifestList list && Index < list.Items.Length)
            return (list.Items[Index], list.Items[Index].Line ?? line);
        return (null, line);
    }
}
