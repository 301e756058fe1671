using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Deployment.Toolkit.AspNetCore.Dashboard;

/// <summary>A file that the pages load, embedded in the assembly.</summary>
internal sealed class DashboardAsset
{
    internal static readonly DashboardAsset Style = new("dashboard.css", "text/css; charset=utf-8");
    internal static readonly DashboardAsset Script = new("dashboard.js", "text/javascript; charset=utf-8");
    internal static readonly IReadOnlyList<DashboardAsset> All = [Style, Script];

    private readonly byte[] _content;
    private readonly string _type;

    private DashboardAsset(string name, string type)
    {
        (Name, _type) = (name, type);
        using var stream = typeof(DashboardAsset).Assembly.GetManifestResourceStream("dashboard/" + name)!;
        _content = new byte[stream.Length];
        stream.ReadExactly(_content);
        Version = Convert.ToHexStringLower(SHA256.HashData(_content).AsSpan(0, 6));
    }

    internal string Name { get; }

    /// <summary>Changes with the content, so that browsers may keep it for good.</summary>
    internal string Version { get; }

    internal async Task SendAsync(HttpContext context)
    {
        var response = context.Response;
        response.ContentType = _type;
        response.ContentLength = _content.Length;
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(_content, context.RequestAborted).ConfigureAwait(false);
    }
}
