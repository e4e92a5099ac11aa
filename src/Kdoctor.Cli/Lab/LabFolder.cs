using Kdoctor.Controller.Serving;

namespace Kdoctor.Cli.Lab;

/// <summary>
/// The lab's data folder: certificates, tokens, objects and rounds, all readable by their owner only. One lab at a time owns a folder.
/// </summary>
internal sealed class LabFolder : IDisposable
{
    private const string LockFile = "lock";
    private readonly string root;
    private readonly FileStream claim;
    private readonly bool temporary;

    private LabFolder(string root, FileStream claim, bool temporary)
    {
        this.root = root;
        this.claim = claim;
        this.temporary = temporary;
    }

    /// <summary>Opens <paramref name="folder"/>, making it where it is missing; null makes a folder that goes when the lab goes.</summary>
    /// <exception cref="LabException">The folder cannot be written, or another lab owns it.</exception>
    public static LabFolder Open(string? folder)
    {
        var root = folder ?? Directory.CreateTempSubdirectory("kdoctor-lab-").FullName;
        if (IsSomethingElse(root))
            throw new LabException($"cannot use the data folder {root}: it holds files and is none of kdoctor's, and nobody else could read it any more. Name an empty or a new one with --data");
        try
        {
            Directory.CreateDirectory(root);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return new LabFolder(root, new FileStream(System.IO.Path.Combine(root, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), folder is null);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            var inUse = refused is IOException && File.Exists(System.IO.Path.Combine(root, LockFile));
            throw new LabException($"cannot use the data folder {root}: {(inUse ? "another kdoctor is using it" : refused.Message.TrimEnd('.'))}. Name another with --data", refused);
        }
    }

    /// <summary>A file of the folder.</summary>
    public string Path(string file) => System.IO.Path.Combine(root, file);

    /// <summary>A secret that is made once and kept.</summary>
    public string Secret(string file) => PrivateFile.Secret(Path(file));

    // A home folder, say, must not be closed to others because somebody named it.
    private static bool IsSomethingElse(string root)
    {
        try
        {
            return Directory.Exists(root) && !File.Exists(System.IO.Path.Combine(root, LockFile)) && Directory.EnumerateFileSystemEntries(root).Any();
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        claim.Dispose();
        if (temporary)
            Directory.Delete(root, recursive: true);
    }
}
