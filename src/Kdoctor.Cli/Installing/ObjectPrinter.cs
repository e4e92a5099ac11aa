using System.Text.Json;
using System.Text.Json.Nodes;
using Kdoctor.Core.Tasks.Manifests;

namespace Kdoctor.Cli.Installing;

/// <summary>Writes objects as `kubectl apply -f -` reads them.</summary>
internal static class ObjectPrinter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    public static void Write(TextWriter output, IEnumerable<JsonObject> objects, ObjectFormat format)
    {
        if (format is ObjectFormat.Yaml)
        {
            foreach (var document in objects)
                output.Write("---\n" + YamlText.Write(document));
            return;
        }
        var list = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. objects]) };
        output.Write(list.ToJsonString(Indented) + "\n");
    }
}
