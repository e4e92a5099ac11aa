namespace Kdoctor.TestKit;

/// <summary>The checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>Its root folder.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>A file or folder of it.</summary>
    public static string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Root, .. parts]);

    /// <summary>A file's text.</summary>
    public static string Read(string file) => File.ReadAllText(Path(file));

    /// <summary>Every file below <paramref name="folder"/> with one of the endings, built ones left out; relative to the root.</summary>
    public static IEnumerable<string> Files(string folder, params string[] endings) => Directory
        .EnumerateFiles(Path(folder), "*", SearchOption.AllDirectories)
        .Where(file => endings.Any(ending => file.EndsWith(ending, StringComparison.Ordinal)))
        .Select(file => System.IO.Path.GetRelativePath(Root, file))
        .Where(file => !file.Split('/').Any(part => part is "artifacts" or "bin" or "obj" or "node_modules" or ".git"))
        .Order(StringComparer.Ordinal);

    private static string Find(string from)
    {
        for (var folder = new DirectoryInfo(from); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Kdoctor.slnx")))
                return folder.FullName;
        }
        throw new InvalidOperationException($"no Kdoctor.slnx above {from}: the tests run from a build of the checkout");
    }
}
