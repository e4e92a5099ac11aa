using System.Security.Cryptography;

namespace Kdoctor.Controller.Serving;

/// <summary>Files that only their owner may read, written whole or not at all.</summary>
public static class PrivateFile
{
    /// <summary>Writes a file.</summary>
    public static void Write(string path, string text)
    {
        var fresh = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(new FileStream(fresh, options)))
            writer.Write(text);
        File.Move(fresh, path, overwrite: true);
    }

    /// <summary>Reads a secret; where the file is missing it is made, 256 bits of chance in hex.</summary>
    public static string Secret(string path)
    {
        if (!File.Exists(path))
            Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n");
        return File.ReadAllText(path).Trim();
    }
}
