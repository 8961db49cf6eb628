from mem_lib.data._dataset import Dataset
