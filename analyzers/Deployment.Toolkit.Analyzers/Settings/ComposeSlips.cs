using System;
using System.Collections.Generic;
using System.Linq;

namespace Deployment.Toolkit.Analyzers;

/// <summary>
/// Finds slips in compose files: properties of services that compose doesn't know, and hosts that are nearly one of the services or this
/// machine.
/// </summary>
internal static class ComposeSlips
{
    private const string Local = "localhost";

    // What stands in front of the host in a value: an address, with or without a name and password, or a part of a connection string.
    private static readonly string[] s_parts = ["Host=", "Server=", "Data Source=", "DataSource=", "Address=", "Endpoint="];

    // https://github.com/compose-spec/compose-spec/blob/main/05-services.md
    private static readonly string[] s_properties =
    [
        "annotations",
        "attach",
        "blkio_config",
        "build",
        "cap_add",
        "cap_drop",
        "cgroup",
        "cgroup_parent",
        "command",
        "configs",
        "container_name",
        "cpu_count",
        "cpu_percent",
        "cpu_period",
        "cpu_quota",
        "cpu_rt_period",
        "cpu_rt_runtime",
        "cpu_shares",
        "cpus",
        "cpuset",
        "credential_spec",
        "depends_on",
        "deploy",
        "develop",
        "device_cgroup_rules",
        "devices",
        "dns",
        "dns_opt",
        "dns_search",
        "domainname",
        "driver_opts",
        "entrypoint",
        "env_file",
        "environment",
        "expose",
        "extends",
        "external_links",
        "extra_hosts",
        "gpus",
        "group_add",
        "healthcheck",
        "hostname",
        "image",
        "init",
        "ipc",
        "isolation",
        "label_file",
        "labels",
        "links",
        "log_driver",
        "log_opt",
        "logging",
        "mac_address",
        "mem_limit",
        "mem_reservation",
        "mem_swappiness",
        "memswap_limit",
        "models",
        "net",
        "network_mode",
        "networks",
        "oom_kill_disable",
        "oom_score_adj",
        "pid",
        "pids_limit",
        "platform",
        "ports",
        "post_start",
        "pre_stop",
        "privileged",
        "profiles",
        "provider",
        "pull_policy",
        "read_only",
        "restart",
        "runtime",
        "scale",
        "secrets",
        "security_opt",
        "shm_size",
        "stdin_open",
        "stop_grace_period",
        "stop_signal",
        "storage_opt",
        "sysctls",
        "tmpfs",
        "tty",
        "ulimits",
        "use_api_socket",
        "user",
        "userns_mode",
        "uts",
        "volume_driver",
        "volumes",
        "volumes_from",
        "working_dir",
    ];

    public static IEnumerable<Slip> In(ComposeFile file)
    {
        foreach (var (name, span) in file.Properties)
        {
            if (!s_properties.Contains(name, StringComparer.Ordinal) && Spelling.NearMiss(name, s_properties) is { } meant)
            {
                yield return new Slip(span, name, meant);
            }
        }

        if (file.Hosts.Count == 0)
        {
            yield break;
        }

        foreach (var variable in file.Variables)
        {
            if (
                Host(variable.Value) is { } host
                && !file.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase)
                && !host.Equals(Local, StringComparison.OrdinalIgnoreCase)
                && Spelling.NearMiss(host, file.Hosts.Append(Local)) is { } meant
            )
            {
                yield return new Slip(variable.ValueSpan, host, meant);
            }
        }
    }

    // A name with a dot is no service's, and one alone may be anything.
    private static string? Host(string value)
    {
        var host =
            Uri.TryCreate(value, UriKind.Absolute, out var uri) && value.Contains("://") ? uri.Host : Part(value) ?? BeforePort(value);
        return host is { Length: > 0 } && host.All(static c => char.IsLetterOrDigit(c) || c is '-' or '_') ? host : null;
    }

    private static string? Part(string value)
    {
        foreach (var part in value.Split(';'))
        {
            if (s_parts.FirstOrDefault(name => part.TrimStart().StartsWith(name, StringComparison.OrdinalIgnoreCase)) is { } name)
            {
                var server = part.TrimStart().Substring(name.Length).Trim();
                return (server.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase) ? server.Substring(4) : server)
                    .Split(',', ':')[0]
                    .Trim();
            }
        }

        return null;
    }

    private static string? BeforePort(string value)
    {
        var colon = value.IndexOf(':');
        return colon > 0 && colon + 1 < value.Length && value.Skip(colon + 1).All(char.IsDigit) ? value.Substring(0, colon) : null;
    }
}
