using System.Collections.Frozen;

namespace Deployment.Toolkit.Databases.MySql;

/// <summary>Tells what expressions depend on, and what calling them may do.</summary>
internal static class MySqlCalls
{
    // Of these the answer depends on what they are given and nothing else; not so of random(), a clock, or what the app has made.
    private static readonly FrozenSet<string> Pure = (
        "abs ascii binary bit_length cast ceil ceiling char char_length character_length coalesce concat concat_ws "
        + "convert cos crc32 date date_add date_format date_sub datediff day dayofmonth dayofweek dayofyear decimal div "
        + "elt exp extract field find_in_set floor format from_unixtime greatest hex hour if ifnull instr json_contains "
        + "json_extract json_length json_unquote json_value lcase least left length ln locate log lower lpad ltrim md5 "
        + "mid minute mod month nullif octet_length position pow power quarter regexp repeat replace reverse right rlike "
        + "round row rpad rtrim second sha sha1 sha2 sign signed sqrt str_to_date strcmp substr substring substring_index "
        + "timestampdiff trim truncate ucase unhex unsigned upper varchar week weekday year and between case else escape "
        + "in is like not or then when values xor interval on"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // These change no row of a table.
    private static readonly FrozenSet<string> OfSequences = (
        "setval nextval lastval currval count sum min max avg group_concat exists from select as over using join where "
        + "now current_timestamp last_insert_id database version connection_id user sleep row_number rank any_value "
        + "curdate curtime utc_timestamp unix_timestamp"
    )
        .Split(' ')
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is known of calls.</summary>
    internal static readonly SqlCalls Known = new(Pure, OfSequences);
}
