using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Kdoctor.Core.Tasks.Specs;

namespace Kdoctor.Core.Tasks.Schemas;

/// <summary>Reads the schema tree out of records: names and types from their JSON contract, rules from attributes, defaults from an instance.</summary>
internal sealed class SchemaBuilder(IJsonTypeInfoResolver contracts)
{
    /// <summary>The tree of a spec or status record.</summary>
    public static FieldSchema Build(object instance) => new SchemaBuilder(SpecJson.Default).Of(instance);

    /// <summary>The tree of a record whose contract the resolver knows.</summary>
    public FieldSchema Of(object instance)
    {
        var contract = ContractOf(instance.GetType());
        return new FieldSchema
        {
            Type = FieldType.Object,
            Description = DescriptionOf(instance.GetType()),
            Fields = [.. contract.Properties.Select(property => KeyValuePair.Create(property.Name, FieldOf(property, instance)))],
            KeepUnknown = instance.GetType().IsDefined(typeof(KeepUnknownAttribute), inherit: false),
        };
    }

    private FieldSchema FieldOf(JsonPropertyInfo property, object instance)
    {
        var about = property.AttributeProvider ?? throw new InvalidOperationException($"no attributes for {property.Name}");
        var value = property.Get!(instance);
        var type = TypeOf(property.PropertyType, value);
        var range = Find<RangeAttribute>(about);
        var required = Find<RequiredAttribute>(about) is not null;
        return type with
        {
            Description = Find<DescriptionAttribute>(about)?.Description ?? throw new InvalidOperationException($"no description of {property.Name}"),
            Required = required,
            Default = required ? null : DefaultOf(type.Type, value),
            ComputedDefault = Find<ComputedDefaultAttribute>(about)?.Words,
            Minimum = range is null ? null : Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture),
            Maximum = MaximumOf(range),
            AllowedValues = Find<AllowedValuesAttribute>(about) is { } allowed ? [.. allowed.Values.OfType<string>()] : [],
        };
    }

    /// <summary>
    /// The format bounds a whole number to its type already. 2^63-1 must not be written out: no double holds it, and an API server that rounds it up to 2^63
    /// reads a negative number back.
    /// </summary>
    private static double? MaximumOf(RangeAttribute? range) =>
        range is null or { Maximum: int.MaxValue or (double)long.MaxValue } ? null : Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);

    /// <summary>An object that is there by default is an empty one: its fields bring their own defaults.</summary>
    private static JsonNode? DefaultOf(FieldType type, object? value) => value switch
    {
        null => null,
        bool flag => JsonValue.Create(flag),
        int number => JsonValue.Create(number),
        double number => JsonValue.Create(number),
        string text => JsonValue.Create(text),
        IReadOnlyCollection<string> texts when type is FieldType.Array => new JsonArray([.. texts.Select(text => JsonValue.Create(text))]),
        _ when type is FieldType.Object => new JsonObject(),
        _ => throw new InvalidOperationException($"no default can be made of {value.GetType()}"),
    };

    private FieldSchema TypeOf(Type declared, object? value)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string))
            return Simple(FieldType.Text);
        if (type == typeof(int))
            return Simple(FieldType.Integer, "int32");
        if (type == typeof(long))
            return Simple(FieldType.Integer, "int64");
        if (type == typeof(double))
            return Simple(FieldType.Number);
        if (type == typeof(bool))
            return Simple(FieldType.Boolean);
        if (type == typeof(DateTimeOffset))
            return Simple(FieldType.Text, "date-time");
        if (type == typeof(JsonObject))
            return Simple(FieldType.Object) with { KeepUnknown = true };
        if (type == typeof(JsonNode))
            return Simple(FieldType.Quantity);
        var contract = ContractOf(type);
        return contract.Kind switch
        {
            JsonTypeInfoKind.Enumerable => Simple(FieldType.Array) with { Items = TypeOf(contract.ElementType!, null) },
            JsonTypeInfoKind.Dictionary => Simple(FieldType.Map) with { Items = TypeOf(contract.ElementType!, null) },
            _ => Of(value ?? NewInstanceOf(type)),
        };
    }

    private static FieldSchema Simple(FieldType type, string? format = null) => new() { Type = type, Description = "", Format = format };

    private JsonTypeInfo ContractOf(Type type) =>
        contracts.GetTypeInfo(type, SpecJson.Default.Options) ?? throw new InvalidOperationException($"{type} is no part of {contracts}");

    private static string DescriptionOf(Type type) =>
        type.GetCustomAttribute<DescriptionAttribute>()?.Description ?? throw new InvalidOperationException($"no description of {type}");

    private static T? Find<T>(ICustomAttributeProvider about)
        where T : Attribute => (T?)about.GetCustomAttributes(typeof(T), inherit: true).FirstOrDefault();

    /// <summary>The records that no other record holds an instance of; spelled out, because a trimmed build cannot make them by reflection.</summary>
    private static object NewInstanceOf(Type type) => type switch
    {
        _ when type == typeof(AgentSpec) => new AgentSpec(),
        _ when type == typeof(AffinitySpec) => new AffinitySpec(),
        _ when type == typeof(EnvVarSpec) => new EnvVarSpec(),
        _ when type == typeof(ResourcesSpec) => new ResourcesSpec(),
        _ when type == typeof(LabelSelectorSpec) => new LabelSelectorSpec(),
        _ when type == typeof(LabelRequirementSpec) => new LabelRequirementSpec(),
        _ when type == typeof(AppHttpHealthyTargetSpec) => new AppHttpHealthyTargetSpec(),
        _ when type == typeof(NetdnsTargetSpec) => new NetdnsTargetSpec(),
        _ when type == typeof(NetdnsTargetUserSpec) => new NetdnsTargetUserSpec(),
        _ when type == typeof(NetdnsTargetDnsSpec) => new NetdnsTargetDnsSpec(),
        _ when type == typeof(TaskResourceStatus) => new TaskResourceStatus(),
        _ when type == typeof(MissedRoundsStatus) => new MissedRoundsStatus(),
        _ when type == typeof(WaitingStatus) => new WaitingStatus(),
        _ when type == typeof(ConditionStatus) => new ConditionStatus(),
        _ when type == typeof(RoundHistoryStatus) => new RoundHistoryStatus(),
        _ => throw new InvalidOperationException($"{type} is not listed here"),
    };
}
