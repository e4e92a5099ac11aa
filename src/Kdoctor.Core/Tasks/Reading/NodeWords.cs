using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Core.Tasks.Reading;

/// <summary>What a node is, in words.</summary>
internal static class NodeWords
{
    public static string Of(ManifestNode node) => node switch
    {
        ManifestMap => "a map",
        ManifestList => "a list",
        ManifestScalar { Kind: ScalarKind.Null } => "empty",
        ManifestScalar { Kind: ScalarKind.Text } text => $"the text {ProblemWords.Quote(text.Text)}",
        ManifestScalar { Kind: ScalarKind.Boolean } flag => flag.Text,
        ManifestScalar number => $"the number {number.Text}",
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "no such node"),
    };
}
