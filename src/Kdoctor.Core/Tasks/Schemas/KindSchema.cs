using System.Collections.Immutable;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks.Schemas;

/// <summary>A kind of task as the Kubernetes API names and describes it.</summary>
internal sealed record KindSchema(TaskKind Kind, string Plural, ImmutableArray<string> ShortNames, FieldSchema Spec, bool SpecRequired)
{
    public const string Group = "kdoctor.io";
    public const string Version = "v1beta1";
    public const string ApiVersion = Group + "/" + Version;

    public static FieldSchema Status { get; } = SchemaBuilder.Build(new TaskObjectStatus());

    public static ImmutableArray<KindSchema> All { get; } =
    [
        Create(TaskKind.NetReach, "netreaches", ["nr"], new NetReachSpec()),
        Create(TaskKind.AppHttpHealthy, "apphttphealthies", ["ahh"], new AppHttpHealthySpec()),
        Create(TaskKind.Netdns, "netdnses", [], new NetdnsSpec()),
    ];

    /// <summary>The kind as manifests spell it.</summary>
    public string Name => Kind.ToString();

    public string Singular => Name.ToLowerInvariant();

    private static KindSchema Create(TaskKind kind, string plural, ImmutableArray<string> shortNames, object spec)
    {
        var schema = SchemaBuilder.Build(spec);
        return new KindSchema(kind, plural, shortNames, schema, schema.Fields.Any(field => field.Value.Required));
    }
}
