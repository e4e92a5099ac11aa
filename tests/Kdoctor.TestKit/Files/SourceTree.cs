namespace Kdoctor.TestKit.Files;

/// <summary>The repository that the tests were built from.</summary>
public static class SourceTree
{
    private static readonly string Root = Find(AppContext.BaseDirectory);

    /// <summary>The absolute path of a file or folder named from the repository's root with slashes.</summary>
    public static string Path(string relative) => System.IO.Path.Combine([Root, .. relative.Split('/')]);

    /// <summary>The text of a file that is compared with what the code writes.</summary>
    public static string Read(string relative) => File.ReadAllText(Path(relative));

    private static string Find(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(at.FullName, "Kdoctor.slnx")))
                return at.FullName;
        }

        throw new InvalidOperationException($"no Kdoctor.slnx above {folder}: run the tests from the repository's build output");
    }
}
